/// One mistake or remark about what the author wrote, with its place in the file.
public struct Diagnostic: Hashable, Sendable {
  /// How serious a diagnostic is.
  public enum Severity: String, Hashable, Sendable, Codable {
    /// The pipeline cannot be used as it is.
    case error
    /// It can be used, and probably should not be.
    case warning
  }

  /// A further place or remark that helps to understand the diagnostic.
  public struct Note: Hashable, Sendable {
    /// A sentence.
    public var message: String
    /// Where it points to, if anywhere.
    public var span: SourceSpan?

    /// A note with an optional place.
    public init(_ message: String, at span: SourceSpan? = nil) {
      self.message = message
      self.span = span
    }
  }

  /// How serious it is.
  public var severity: Severity
  /// Stable code, `KR0012`; listed in `docs/diagnostics.md`.
  public var code: String
  /// One sentence without a full stop.
  public var message: String
  /// The file it is about, as the user named it.
  public var file: String
  /// Where in the file; `nil` when it is about the whole file.
  public var span: SourceSpan?
  /// Further places and remarks.
  public var notes: [Note]
  /// What to do instead, as a short phrase: ``did you mean `prompt`?``.
  public var suggestion: String?

  /// A diagnostic about `file`.
  public init(
    _ severity: Severity, _ code: String, _ message: String, file: String, at span: SourceSpan?,
    suggestion: String? = nil, notes: [Note] = []
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.file = file
    self.span = span
    self.suggestion = suggestion
    self.notes = notes
  }
}

/// A stretch of a source text, from its first character to just behind its last.
public struct SourceSpan: Hashable, Sendable {
  /// A place in a text.
  public struct Place: Hashable, Sendable, Comparable {
    /// 1-based line.
    public var line: Int
    /// 1-based column, counted in Unicode scalars.
    public var column: Int

    /// A place at 1-based `line` and `column`.
    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }

    /// Orders as one reads.
    public static func < (left: Place, right: Place) -> Bool {
      (left.line, left.column) < (right.line, right.column)
    }
  }

  /// The first character.
  public var start: Place
  /// Just behind the last character.
  public var end: Place

  /// From `start` to just before `end`.
  public init(start: Place, end: Place) {
    self.start = start
    self.end = end
  }
}

/// A value that an author wrote, with its place in the file.
public struct Written<Value> {
  /// What was written.
  public var value: Value
  /// Where.
  public var span: SourceSpan

  /// `value`, written at `span`.
  public init(_ value: Value, at span: SourceSpan) {
    self.value = value
    self.span = span
  }

  /// The same place with another value.
  public func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Written<Other> {
    Written<Other>(try transform(value), at: span)
  }
}

extension Written: Sendable where Value: Sendable {}
extension Written: Equatable where Value: Equatable {}
extension Written: Hashable where Value: Hashable {}
