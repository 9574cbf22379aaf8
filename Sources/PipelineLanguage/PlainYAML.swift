public import KeyreelCore

/// A YAML document as plain values with their places, for files that are no pipelines.
///
/// Read with the limits of pipelines: one document, no tags, no key twice, aliases bounded.
public struct PlainYAML: Sendable {
  /// What a value is, by the core schema of YAML 1.2.
  public enum Content: Sendable {
    /// Nothing was written.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// Another number.
    case number(Double)
    /// Text.
    case text(String)
    /// A list.
    case list([PlainYAML])
    /// A mapping, in the order of the file.
    case mapping([Entry])
  }

  /// A key and its value.
  public struct Entry: Sendable {
    /// The key.
    public var key: Written<String>
    /// What it stands for.
    public var value: PlainYAML
  }

  /// The value.
  public var content: Content
  /// Where it stands.
  public var span: SourceSpan
  /// What a person would call it: `the number 3`, `a list`.
  public var noun: String

  /// The document in `bytes`; `nil` when it has mistakes, which are told with `file` as their file's name.
  public static func read(
    _ bytes: [UInt8], file: String
  ) -> (root: PlainYAML?, diagnostics: [Diagnostic]) {
    var log = DiagnosticLog(file: file)
    let node = Composer.compose(bytes, &log)
    let diagnostics = log.inOrder
    guard let node, !diagnostics.contains(where: { $0.severity == .error }) else {
      return (nil, diagnostics)
    }
    return (PlainYAML(node), diagnostics)
  }

  private init(_ node: Node) {
    span = node.span
    noun = node.noun
    content =
      switch node.content {
      case .broken: .null
      case .list(let items): .list(items.map(PlainYAML.init))
      case .mapping(let entries):
        .mapping(
          entries.map { entry in
            Entry(
              key: Written(entry.key.text, at: entry.key.span), value: PlainYAML(entry.value))
          })
      case .scalar(let scalar):
        switch scalar.resolved {
        case .null: .null
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .text: .text(scalar.text)
        }
      }
  }
}
