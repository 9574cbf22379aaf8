import KeyreelCore

/// Which segment of the old film is which of the new one.
///
/// The same id with the same clip first, then the same clip under another id, then the same id with
/// another clip: so a segment that only moved or was renamed is never shown as bought again.
struct SegmentMatch {
  private(set) var rows: [PlanDiff.Segment] = []

  /// `renamed` has new names of sequences by old ones.
  init(old: [PlanFile.Segment], new: [PlanFile.Segment], renamed: [String: String]) {
    var partner: [Int: Int] = [:]
    var taken: Set<Int> = []
    func match(_ name: (PlanFile.Segment) -> String, _ oldName: (PlanFile.Segment) -> String) {
      var places: [String: [Int]] = [:]
      for index in old.indices.reversed() where !taken.contains(index) {
        places[oldName(old[index]), default: []].append(index)
      }
      for index in new.indices where partner[index] == nil {
        guard let other = places[name(new[index])]?.popLast() else { continue }
        partner[index] = other
        taken.insert(other)
      }
    }
    match({ "\($0.id) \($0.key)" }, { "\($0.id) \($0.key)" })
    match(\.key, \.key)
    match(\.id, \.id)
    match(\.id) { Self.newID($0, renamed) }
    rows = new.indices.map { index in
      Self.row(partner[index].map { old[$0] }, new[index])
    }
    for index in old.indices where !taken.contains(index) {
      rows.append(
        PlanDiff.Segment(
          id: old[index].id, status: .removed, old: old[index].weight, new: nil, isReused: false))
    }
  }

  private static func newID(_ segment: PlanFile.Segment, _ renamed: [String: String]) -> String {
    guard let name = renamed[segment.sequence], segment.id.hasPrefix(segment.sequence + "/") else {
      return segment.id
    }
    return name + segment.id.dropFirst(segment.sequence.count)
  }

  private static func row(_ old: PlanFile.Segment?, _ new: PlanFile.Segment) -> PlanDiff.Segment {
    let isReused = new.takes.allSatisfy { $0.action != .generate }
    guard let old else {
      return PlanDiff.Segment(
        id: new.id, status: .added, old: nil, new: new.weight, isReused: isReused)
    }
    // Names of keyframes alone make no other clip.
    let changes = FlatFields.changes(from: old.fields, to: new.fields).filter {
      old.key != new.key || $0.field != "first" && $0.field != "last"
    }
    let isSame = changes.isEmpty && old.key == new.key && old.weight == new.weight
    return PlanDiff.Segment(
      id: new.id, oldID: old.id == new.id ? nil : old.id, status: isSame ? .unchanged : .changed,
      changes: changes, old: old.weight, new: new.weight, isReused: isReused)
  }
}

extension PlanFile.Segment {
  /// The names of all its clips: the same for segments that make the same.
  fileprivate var key: String {
    takes.map { "\($0.key)\($0.isChosen ? "!" : "")" }.joined(separator: " ")
  }

  /// What counts of it.
  fileprivate var weight: PlanDiff.Segment.Weight {
    PlanDiff.Segment.Weight(
      frames: frames, cost: takes.reduce(.free) { $0 + $1.price })
  }
}
