public import KeyreelCore

/// Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines they are about.
///
/// Of each kind a step shows ten: where there are more, the first nine and how many follow.
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
public struct AnnotationLines: Sendable {
  /// Annotations of one kind that a step shows.
  public static let limit = 10

  private let diagnostics: [Diagnostic]

  /// The commands for `diagnostics`, errors first.
  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  /// The commands, a line each; empty without diagnostics.
  public var text: String {
    lines(.error, "error").joined() + lines(.warning, "warning").joined()
  }

  private func lines(_ severity: Diagnostic.Severity, _ kind: String) -> [String] {
    let alike = diagnostics.filter { $0.severity == severity }
    guard alike.count > Self.limit else { return alike.map { line(kind, $0) } }
    let shown = Self.limit - 1
    return alike.prefix(shown).map { line(kind, $0) } + [
      "::\(kind) title=Keyreel::and \(Amounts.count(alike.count - shown, "more \(kind)")); the log has all\n"
    ]
  }

  private func line(_ kind: String, _ diagnostic: Diagnostic) -> String {
    var properties = ["file=\(Self.property(diagnostic.file))"]
    if let span = diagnostic.span {
      properties.append("line=\(span.start.line)")
      // GitHub takes columns only within one line.
      if span.end.line == span.start.line {
        properties.append("col=\(span.start.column)")
        properties.append("endColumn=\(max(span.start.column, span.end.column - 1))")
      }
    }
    properties.append("title=\(Self.property("Keyreel \(diagnostic.code)"))")
    let help = diagnostic.suggestion.map { "\nhelp: \($0)" } ?? ""
    let notes = diagnostic.notes.map { "\nnote: \($0.message)" }.joined()
    return "::\(kind) \(properties.joined(separator: ","))::"
      + Self.message(diagnostic.message + notes + help) + "\n"
  }

  /// A line end or a percent sign would end or change the command.
  static func message(_ text: String) -> String {
    escape(text, [("%", "%25"), ("\r", "%0D"), ("\n", "%0A")])
  }

  static func property(_ text: String) -> String {
    escape(text, [("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")])
  }

  private static func escape(_ text: String, _ table: [(Unicode.Scalar, String)]) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      result += table.first { $0.0 == scalar }?.1 ?? String(Character(scalar))
    }
    return result
  }
}
