import KeyreelCore

/// One film of a file with variants: the values that it puts in, and its suffix.
struct Combination {
  var variables: [Node.Entry] = []
  var settings: [Node.Entry] = []
  var suffix: String?
}

/// The combinations that a file asks for: all of its lists, each with each.
struct Variants {
  /// More films than anybody reviews; lists multiply quickly.
  static let limit = 1000
  /// All films together may have this many nodes.
  static let nodeLimit = 20_000_000

  /// One axis: a variable or setting with its values.
  private struct Axis {
    var key: Node.Key
    var isVariable: Bool
    var values: [Node]
  }

  /// The combinations of `root`, in the order of the lists, the last one turning fastest.
  static func combinations(of root: Node, _ log: inout DiagnosticLog) -> [Combination] {
    guard let entry = root.entry("variants") else { return [Combination()] }
    let axes = axes(entry.value)
    let count = axes.reduce(1) { min($0 * $1.values.count, nodeLimit) }
    guard count <= limit, count * root.weight <= nodeLimit else {
      log.error(
        .tooManyVariants, "the variants make \(count) films, more than can be reviewed",
        at: entry.key.span,
        suggestion: "at most \(min(limit, nodeLimit / root.weight)); shorten a list"
      )
      return [Combination()]
    }
    var suffixes = Suffixes()
    return (0..<count).map { combination($0, of: axes, &suffixes) }
  }

  private static func axes(_ node: Node) -> [Axis] {
    func axes(_ name: String, isVariable: Bool) -> [Axis] {
      (node.value(of: name)?.entries ?? []).compactMap { entry in
        guard let items = entry.value.items, !items.isEmpty else { return nil }
        return Axis(key: entry.key, isVariable: isVariable, values: items)
      }
    }
    return axes("vars", isVariable: true) + axes("settings", isVariable: false)
  }

  private static func combination(
    _ number: Int, of axes: [Axis], _ suffixes: inout Suffixes
  ) -> Combination {
    var rest = number
    var combination = Combination()
    var chosen: [Node.Entry] = []
    for axis in axes.reversed() {
      let entry = Node.Entry(key: axis.key, value: axis.values[rest % axis.values.count])
      rest /= axis.values.count
      chosen.insert(entry, at: 0)
      if axis.isVariable {
        combination.variables.insert(entry, at: 0)
      } else {
        combination.settings.insert(entry, at: 0)
      }
    }
    if !axes.isEmpty { combination.suffix = suffixes.next(for: chosen) }
    return combination
  }

  /// Readable suffixes, no two alike.
  private struct Suffixes {
    private var taken: Set<String> = []

    mutating func next(for entries: [Node.Entry]) -> String {
      let words = entries.map { entry in
        let values = entry.value.items ?? [entry.value]
        return Names.slug(values.compactMap { $0.scalar?.text }.joined(separator: "-"))
      }
      let joined = words.filter { !$0.isEmpty }.joined(separator: "-")
      let base = joined.isEmpty ? "variant" : joined
      var suffix = base
      var number = 2
      while !taken.insert(suffix).inserted {
        suffix = "\(base)-\(number)"
        number += 1
      }
      return suffix
    }
  }
}

extension Combination {
  /// The tree of this one film: its variables in `vars`, its settings in `defaults`.
  func tree(of root: Node) -> Node {
    guard var entries = root.entries else { return root }
    entries.removeAll { ["vars", "variants"].contains($0.key.text) }
    guard !settings.isEmpty else { return root.with(entries) }
    let names = Set(settings.map(\.key.text))
    if names.contains("prompt") { entries.removeAll { $0.key.text == "prompt" } }
    let lengths = Set(SettingKeys.lengths)
    let replaced = names.isDisjoint(with: lengths) ? names : names.union(lengths)
    if let index = entries.firstIndex(where: { $0.key.text == "defaults" }) {
      guard let defaults = entries[index].value.entries else { return root.with(entries) }
      let kept = defaults.filter { !replaced.contains($0.key.text) }
      entries[index].value = entries[index].value.with(kept + settings)
    } else if let first = settings.first {
      let key = Node.Key(text: "defaults", span: first.key.span, isPlain: true)
      let scope = Node(.mapping([]), at: first.key.span)
      entries.append(Node.Entry(key: key, value: scope.with(settings)))
    }
    return root.with(entries)
  }

  /// The variables of this film: those of the file, with this combination's values in their places.
  func variables(of root: Node) -> [Node.Entry] {
    var entries = root.value(of: "vars")?.entries ?? []
    for variable in variables {
      if let index = entries.firstIndex(where: { $0.key.text == variable.key.text }) {
        entries[index].value = variable.value
      } else {
        entries.append(variable)
      }
    }
    return entries
  }
}

extension Node {
  /// The same mapping with other entries.
  func with(_ entries: [Entry]) -> Node {
    var node = self
    node.content = .mapping(entries)
    node.weight = 1 + entries.reduce(0) { $0 + $1.value.weight + 1 }
    node.usesVariables = entries.contains { $0.value.usesVariables }
    return node
  }
}
