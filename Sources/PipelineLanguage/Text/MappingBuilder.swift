import KeyreelCore

/// Gathers the entries of one mapping: refuses keys that stand twice and merges what `<<` names.
struct MappingBuilder {
  private var entries: [Node.Entry] = []
  private var merged: [Node.Entry] = []
  // Built only for long mappings; a scan is faster for the many short ones.
  private var index: [String: Int] = [:]
  private var weight = 1
  private var height = 0
  private var usesVariables = false
  /// Just behind the last value.
  private(set) var end: SourceSpan.Place?

  /// Adds a key and its value.
  mutating func add(_ keyNode: Node, _ value: Node, isAlias: Bool, _ log: inout DiagnosticLog) {
    end = max(keyNode.span.end, value.span.end)
    guard case .scalar(let scalar) = keyNode.content, !isAlias else {
      if case .broken = keyNode.content { return }
      log.error(
        .keyIsNotText, "a key has to be plain text, not \(isAlias ? "an alias" : keyNode.noun)",
        at: keyNode.span, suggestion: "write the key out, with quotes if it needs them")
      return
    }
    weight += value.weight + 1
    height = max(height, value.height)
    usesVariables = usesVariables || value.usesVariables
    if scalar.isPlain, scalar.text == "<<" {
      merge(value, at: keyNode.span, &log)
      return
    }
    let key = Node.Key(text: scalar.text, span: keyNode.span, isPlain: scalar.isPlain)
    if let first = find(key.text) {
      log.error(
        .duplicateKey, "the key `\(key.text.shortened)` stands twice in one mapping", at: key.span,
        suggestion: "keep one of them",
        notes: [.init("the first one is here", at: entries[first].key.span)])
      return
    }
    if entries.count >= 16 { index[key.text] = entries.count }
    entries.append(Node.Entry(key: key, value: value))
  }

  private func find(_ text: String) -> Int? {
    if let found = entries.prefix(16).firstIndex(where: { $0.key.text == text }) { return found }
    return entries.count > 16 ? index[text] : nil
  }

  private mutating func merge(_ value: Node, at span: SourceSpan, _ log: inout DiagnosticLog) {
    switch value.content {
    case .mapping(let more): merged += more
    case .list(let items) where items.allSatisfy({ $0.entries != nil }):
      for item in items { merged += item.entries ?? [] }
    case .broken: break
    default:
      log.error(
        .mergeOfNoMapping, "`<<` merges mappings, not \(value.noun)",
        at: value.isNull ? span : value.span,
        suggestion: "name an anchored mapping: `<<: *name`")
    }
  }

  /// The mapping; a key written in place wins over merged ones, and the first merged one over later ones.
  func finish() -> Node {
    var all = self
    for entry in merged where all.find(entry.key.text) == nil {
      if all.entries.count >= 16 { all.index[entry.key.text] = all.entries.count }
      all.entries.append(entry)
    }
    let place = SourceSpan(line: 1, column: 1)
    var node = Node(.mapping(all.entries), at: place)
    node.weight = weight
    node.height = height + 1
    node.usesVariables = usesVariables
    return node
  }
}
