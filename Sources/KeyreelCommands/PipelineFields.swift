internal import KeyreelCore
internal import PipelineLanguage
internal import Review

/// What a pipeline's text says, leaf by leaf, with the places.
struct PipelineFields {
  /// A leaf of the text.
  struct Leaf {
    let path: String
    let value: String
    let span: SourceSpan
  }

  private(set) var leaves: [Leaf] = []

  /// The leaves of the pipeline `text`; none when it is no YAML, which the loader tells.
  init(of text: String) {
    guard let root = PlainYAML.read(Array(text.utf8), file: "").root else { return }
    add(root, "", root.span)
  }

  /// Where the field at `path` is written, or the nearest thing around it that is still there.
  func span(of path: String) -> SourceSpan? {
    let places = Dictionary(
      leaves.map { ($0.path, $0.span) }, uniquingKeysWith: { first, _ in first })
    if let span = places[path] { return span }
    // A list or mapping that became a single value, or the other way round.
    return leaves.first { $0.path.hasPrefix(path) || path.hasPrefix($0.path + ".") }?.span
  }

  private mutating func add(_ value: PlainYAML, _ path: String, _ span: SourceSpan) {
    switch value.content {
    case .null: add("null", path, span)
    case .boolean(let flag): add(String(flag), path, value.span)
    case .integer(let number): add(String(number), path, value.span)
    case .number(let number): add(number.description, path, value.span)
    case .text(let text): add(text, path, value.span)
    case .mapping(let entries):
      if entries.isEmpty { add("{}", path, value.span) }
      for entry in entries {
        let key = entry.key.value
        add(entry.value, path.isEmpty ? key : "\(path).\(key)", entry.key.span)
      }
    case .list(let items):
      if items.isEmpty { add("[]", path, value.span) }
      var names = ItemNames()
      for (index, item) in items.enumerated() {
        add(item, "\(path)[\(names.name(Self.ownName(of: item), at: index))]", item.span)
      }
    }
  }

  private mutating func add(_ value: String, _ path: String, _ span: SourceSpan) {
    leaves.append(Leaf(path: path, value: value, span: span))
  }

  private static func ownName(of item: PlainYAML) -> String? {
    guard case .mapping(let entries) = item.content else { return nil }
    for key in ItemNames.keys {
      guard let entry = entries.first(where: { $0.key.value == key }) else { continue }
      if case .text(let text) = entry.value.content { return text }
      return nil
    }
    return nil
  }
}
