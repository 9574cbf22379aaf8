import KeyreelCore

/// What must hold between the keys of one mapping.
struct TableRules {
  let node: Node
  let entries: [Node.Entry]
  let table: KeyTable
  let spot: ShapeChecker.Spot

  /// Tells missing keys, and keys that exclude or need one another.
  func tell(_ log: inout DiagnosticLog) {
    tellRequired(&log)
    tellChoice(&log)
    tellLengths(&log)
    for pair in table.pairs {
      guard let entry = node.entry(pair.key), node.entry(pair.needs) == nil else { continue }
      // The address itself is what is not pinned; other pairs miss a key beside this one.
      let place = pair.code == .unpinnedAddress ? entry.value.span : entry.key.span
      log.error(pair.code, pair.message, at: place, suggestion: pair.suggestion)
    }
  }

  /// The mapping's first key, or the place that names it.
  private var place: SourceSpan { entries.first?.key.span ?? node.span }

  private func tellRequired(_ log: inout DiagnosticLog) {
    for rule in table.keys where rule.isRequired && node.entry(rule.name) == nil {
      switch (table.id, rule.name) {
      case ("pipeline", "keyreel"):
        log.error(
          .missingVersion, "the version of the language is missing", at: place,
          suggestion: "begin the file with `keyreel: 1`")
      case ("keyframe_sequence", "keyframes"):
        // A misspelt key that was told as unknown already would only be told twice.
        let misspelt = entries.contains {
          $0.value.scalar == nil && Spelling.nearest(to: $0.key.text, among: ["keyframes"]) != nil
        }
        guard !misspelt else { continue }
        log.error(
          .missingKey, "a sequence needs `keyframes` or a `clip`", at: place,
          suggestion: "for example `keyframes: [stills/dawn.jpg, stills/dusk.jpg]`")
      case ("pipeline", "sequences"):
        log.error(
          .missingKey, "`sequences` is missing \(table.place)", at: place,
          suggestion: "for example `sequences: [{keyframes: [stills/dawn.jpg, stills/dusk.jpg]}]`")
      default:
        log.error(
          .missingKey, "`\(rule.name)` is missing \(table.place)", at: place,
          suggestion: "add `\(rule.name): …`")
      }
    }
  }

  private func tellChoice(_ log: inout DiagnosticLog) {
    guard !table.exactlyOne.isEmpty else { return }
    let found = entries.filter { table.exactlyOne.contains($0.key.text) }
    if found.isEmpty {
      guard !entries.contains(where: { $0.key.text == "video" }) else { return }
      log.error(
        .missingKey, "\(table.exactlyOne.asAlternatives) is missing \(table.place)", at: place,
        suggestion: "say which picture is shown")
    }
    for entry in found.dropFirst() {
      log.error(
        .keysExclude, "`\(entry.key.text)` and `\(found[0].key.text)` name two pictures at once",
        at: entry.key.span, suggestion: "keep one of them",
        notes: [.init("the other one is here", at: found[0].key.span)])
    }
  }

  private func tellLengths(_ log: inout DiagnosticLog) {
    let found = entries.filter { table.lengths.contains($0.key.text) }
    for entry in found.dropFirst() {
      log.error(
        .twoLengths, "`\(entry.key.text)` and `\(found[0].key.text)` are two lengths at once",
        at: entry.key.span, suggestion: "keep one of them",
        notes: [.init("the other one is here", at: found[0].key.span)])
    }
  }
}
