import KeyreelCore

/// What changed from plan to plan, in the words that all formats for people use.
struct DiffWords {
  let diff: PlanDiff

  /// `+$0.27`, `-$0.10`, `$0.00`.
  static func change(from old: Money, to new: Money, _ currency: String) -> String {
    let difference = new - old
    if difference == .zero { return Amounts.money(.zero, currency) }
    return difference < .zero
      ? "-" + Amounts.money(old - new, currency) : "+" + Amounts.money(difference, currency)
  }

  /// `+120`, `-3`, `0`.
  static func change(from old: Int, to new: Int) -> String {
    new > old ? "+\(new - old)" : "\(new - old)"
  }

  /// `16.033s`, to the thousandth.
  static func seconds(_ length: Duration) -> String {
    let thousandths =
      (length.components.seconds * 1000)
      + (length.components.attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
    let sign = thousandths < 0 ? "-" : ""
    let rest = String(abs(thousandths) % 1000)
    return sign + "\(abs(thousandths) / 1000)."
      + String(repeating: "0", count: 3 - rest.count) + rest + "s"
  }

  /// `+4.000s`.
  static func change(from old: Duration, to new: Duration) -> String {
    let change = new - old
    return (change > .zero ? "+" : "") + seconds(change)
  }

  /// A field as people call it: `prompt`, `first keyframe`, `hold_after of city`.
  static func name(of field: String) -> String {
    var name = field[...]
    var owner = ""
    if let colon = field.firstIndex(of: ":") {
      owner = " of \(field[..<colon])"
      name = field[colon...].dropFirst(2)
    }
    if name.hasPrefix("request.") { name = name.dropFirst("request.".count) }
    if name.hasPrefix("assembly.") { name = name.dropFirst("assembly.".count) }
    let pictures = [
      "pictures.first.": "first keyframe", "pictures.last.": "last keyframe", "picture.": "picture",
    ]
    for (prefix, noun) in pictures where name.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count)
      let isBytes = ["still", "video", "rendered"].contains(String(rest))
      return (isBytes ? "\(noun)'s bytes" : "\(rest) of the \(noun)") + owner
    }
    return name + owner
  }

  /// Both values, shortened to about `length` characters around where they begin to differ.
  static func values(_ change: PlanDiff.Change, length: Int) -> (old: String, new: String) {
    let (old, new) = (change.old ?? "none", change.new ?? "none")
    if isDigest(old) || isDigest(new) {
      return (isDigest(old) ? "\(old.prefix(8))…" : old, isDigest(new) ? "\(new.prefix(8))…" : new)
    }
    guard max(old.count, new.count) > length else { return (old, new) }
    let same = zip(old, new).prefix { $0 == $1 }.count
    let skipped = max(0, same - length / 3)
    func shortened(_ text: String) -> String {
      let rest = text.dropFirst(skipped)
      return (skipped > 0 ? "…" : "")
        + (rest.count > length ? rest.prefix(length - 1) + "…" : rest)
    }
    return (shortened(old), shortened(new))
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  /// What is said of a sequence that is not as it was; `nil` for one that is.
  static func phrase(_ sequence: PlanDiff.Sequence) -> String? {
    var parts: [String] = []
    if let old = sequence.oldName { parts.append("renamed from \(old)") }
    if let move = sequence.move { parts.append("moved from place \(move.from) to \(move.to)") }
    if sequence.status != .unchanged, sequence.status != .changed || parts.isEmpty {
      parts.insert(sequence.status.rawValue, at: 0)
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// `2 added, 1 changed, 5 unchanged; 6 in the store`.
  var counts: String {
    let segments = diff.segments
    let parts = PlanDiff.Status.allCases.compactMap { status -> String? in
      let count = segments.count { $0.status == status }
      return count == 0 ? nil : "\(count) \(status.rawValue)"
    }
    let moved = segments.count { $0.status == .unchanged && $0.oldID != nil }
    let reused = segments.count { $0.isReused && $0.new != nil }
    return (parts.isEmpty ? "no segments" : parts.joined(separator: ", "))
      + (moved == 0 ? "" : " (\(moved) under another name)")
      + (reused == 0 ? "" : "; \(reused) in the store")
  }

  /// The amounts that a review is about: on the backend, or at list prices where it is free.
  var prices: (old: PriceRange, new: PriceRange, isList: Bool) {
    let isList = !diff.old.isPriced && !diff.new.isPriced
    return isList
      ? (diff.old.listPrice, diff.new.listPrice, true) : (diff.old.cost, diff.new.cost, false)
  }

  /// A segment's cost before and after, as a difference; empty where nothing is priced.
  func cost(_ segment: PlanDiff.Segment) -> String {
    guard diff.old.isPriced || diff.new.isPriced else { return "" }
    return Self.change(
      from: segment.old?.cost.expected ?? .zero, to: segment.new?.cost.expected ?? .zero,
      diff.new.currency)
  }

  /// A segment's frames: `240`, `240 → 120`.
  func frames(_ segment: PlanDiff.Segment) -> String {
    switch (segment.old?.frames, segment.new?.frames) {
    case (let old?, let new?) where old != new: "\(old) → \(new)"
    case (_, let new?): "\(new)"
    case (let old?, nil): "\(old)"
    case (nil, nil): ""
    }
  }
}
