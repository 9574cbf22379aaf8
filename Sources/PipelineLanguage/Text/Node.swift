import KeyreelCore

/// A piece of YAML with its place; scalars are not resolved, because the wanting field decides.
struct Node: Sendable {
  /// What a node holds.
  enum Content: Sendable {
    case scalar(Scalar)
    case list([Node])
    case mapping([Entry])
    /// Stands in for what was refused already, so that nothing complains about it twice.
    case broken
  }

  /// How it was written.
  enum Style: Sendable {
    case block
    case flow
  }

  var content: Content
  var span: SourceSpan
  var style = Style.block
  /// Nodes in the tree below and including this one, with aliases counted as often as they stand.
  var weight = 1
  /// Levels of lists and mappings below and including this one.
  var height = 0
  /// Whether any scalar below has a `$(name)`.
  var usesVariables = false

  /// Text as written, and whether it stood without quotes.
  struct Scalar: Sendable, Hashable {
    var text: String
    var isPlain: Bool
    /// Whether a variable was put in, so that the text is not what stands in the file.
    var isSubstituted = false
  }

  /// A key of a mapping.
  struct Key: Sendable {
    var text: String
    var span: SourceSpan
    var isPlain: Bool
  }

  /// A key and its value.
  struct Entry: Sendable {
    var key: Key
    var value: Node
  }

  init(_ content: Content, at span: SourceSpan) {
    self.content = content
    self.span = span
  }

  /// The text, if this is a scalar.
  var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }

  /// The entries, if this is a mapping.
  var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }

  /// The items, if this is a list.
  var items: [Node]? { if case .list(let items) = content { items } else { nil } }

  /// Whether nothing was written here (`key:`, `~`, `null`).
  var isNull: Bool { scalar?.resolved == .null }

  /// The value of the first entry called `name`, if this is a mapping that has one.
  func value(of name: String) -> Node? { entry(name)?.value }

  /// The first entry called `name`, if this is a mapping that has one.
  func entry(_ name: String) -> Entry? { entries?.first { $0.key.text == name } }

  /// What a person would call it.
  var noun: String {
    switch content {
    case .list: "a list"
    case .mapping: "a mapping"
    case .broken: "nothing"
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null: "nothing"
      case .boolean: "`\(scalar.text)`"
      case .integer, .number: "the number `\(scalar.text)`"
      case .text: scalar.text.isEmpty ? "an empty text" : "the text `\(scalar.text.shortened)`"
      }
    }
  }
}

extension String {
  /// One line of at most 40 characters, for messages.
  var shortened: String {
    let line = String(map { $0.isNewline ? " " : $0 })
    return line.count <= 40 ? line : line.prefix(39) + "…"
  }
}
