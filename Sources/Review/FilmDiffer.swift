import KeyreelCore

/// Compares one film of two plans; one of them may not have it.
struct FilmDiffer {
  let old: PlanFile.Film?
  let new: PlanFile.Film?

  init(from old: PlanFile.Film?, to new: PlanFile.Film?) {
    self.old = old
    self.new = new
  }

  var film: PlanDiff.Film {
    let sequences = SequenceMatch(old: old, new: new)
    let segments = SegmentMatch(
      old: old?.segments ?? [], new: new?.segments ?? [], renamed: sequences.renamed
    ).rows
    let changes = changes(segments)
    let isSame =
      changes.isEmpty
      && sequences.rows.allSatisfy {
        $0.status == .unchanged && $0.oldName == nil && $0.move == nil
      } && segments.allSatisfy { $0.status == .unchanged && $0.oldID == nil }
    let status: PlanDiff.Status =
      old == nil ? .added : new == nil ? .removed : isSame ? .unchanged : .changed
    return PlanDiff.Film(
      name: new?.name ?? old?.name ?? "", status: status, changes: changes,
      sequences: sequences.rows, segments: segments)
  }

  /// What differs beside sequences and segments; pieces are matched by what they are called now.
  private func changes(_ segments: [PlanDiff.Segment]) -> [PlanDiff.Change] {
    guard let old, let new else { return [] }
    var changes = FlatFields.changes(from: old.fields, to: new.fields)
    if old.name != new.name { changes.insert(.init("name", from: old.name, to: new.name), at: 0) }
    var names: [String: String] = [:]
    for segment in segments {
      if let before = segment.oldID { names[before] = segment.id }
    }
    var before: [String: FlatFields] = [:]
    for piece in old.pieces { before[names[piece.label] ?? piece.label] = piece.fields }
    for piece in new.pieces {
      guard let fields = before[piece.label] else { continue }
      changes += FlatFields.changes(from: fields, to: piece.fields).compactMap { change in
        // What the neighbour does to a piece follows from the sequence's new place.
        change.field == "drops_last"
          ? nil
          : PlanDiff.Change("\(piece.label): \(change.field)", from: change.old, to: change.new)
      }
    }
    return changes
  }
}

/// Which sequence of the old film is which of the new one.
struct SequenceMatch {
  private(set) var rows: [PlanDiff.Sequence] = []
  /// New names by old ones, where they differ.
  private(set) var renamed: [String: String] = [:]

  /// A sequence as it shows: its pieces, whatever they are called.
  private struct Entry {
    var name: String
    var content: [String] = []
    /// What its pieces are called within it: the way it goes, whatever is asked for on it.
    var shape: [String] = []
  }

  init(old: PlanFile.Film?, new: PlanFile.Film?) {
    let before = Self.entries(of: old)
    let after = Self.entries(of: new)
    var partner = Self.partners(before, after)
    var taken = Set(partner.values)
    for isSame in [\Entry.content, \Entry.shape] {
      for index in after.indices where partner[index] == nil {
        guard
          let other = before.indices.first(where: {
            !taken.contains($0) && before[$0][keyPath: isSame] == after[index][keyPath: isSame]
          })
        else { continue }
        partner[index] = other
        taken.insert(other)
        renamed[before[other].name] = after[index].name
      }
    }
    let pairs = after.indices.compactMap { index in partner[index].map { (index, $0) } }
    let still = Self.longestRise(pairs.map(\.1))
    for (index, entry) in after.enumerated() {
      guard let other = partner[index] else {
        rows.append(PlanDiff.Sequence(name: entry.name, status: .added))
        continue
      }
      let isSame = before[other].content == entry.content
      rows.append(
        PlanDiff.Sequence(
          name: entry.name, oldName: before[other].name == entry.name ? nil : before[other].name,
          status: isSame ? .unchanged : .changed,
          move: still.contains(other) ? nil : .init(from: other + 1, to: index + 1)))
    }
    for (index, entry) in before.enumerated() where !taken.contains(index) {
      rows.append(PlanDiff.Sequence(name: entry.name, status: .removed))
    }
  }

  /// Old places by new ones, of sequences with the same name.
  ///
  /// Names that are only numbers say nothing of a sequence but its place, so those are matched by what
  /// they show first.
  private static func partners(_ before: [Entry], _ after: [Entry]) -> [Int: Int] {
    var partner: [Int: Int] = [:]
    var taken: Set<Int> = []
    func match(_ same: (Entry, Entry) -> Bool) {
      for index in after.indices where partner[index] == nil {
        guard
          let other = before.indices.first(where: {
            !taken.contains($0) && same(before[$0], after[index])
          })
        else { continue }
        partner[index] = other
        taken.insert(other)
      }
    }
    match { $0.name == $1.name && $0.content == $1.content }
    match { $0.name == $1.name && Int($0.name) == nil }
    match { $0.content == $1.content && Int($0.name) != nil && Int($1.name) != nil }
    match { $0.name == $1.name }
    return partner
  }

  private static func entries(of film: PlanFile.Film?) -> [Entry] {
    guard let film else { return [] }
    let owners = Dictionary(
      film.segments.map { ($0.id, $0.sequence) }, uniquingKeysWith: { first, _ in first })
    var entries: [Entry] = []
    for piece in film.pieces {
      let name = piece.isClip ? owners[piece.label] ?? piece.label : piece.label
      if entries.last?.name != name { entries.append(Entry(name: name)) }
      entries[entries.count - 1].content.append(piece.content)
      entries[entries.count - 1].shape.append(
        piece.label.hasPrefix(name + "/")
          ? String(piece.label.dropFirst(name.count)) : piece.content)
    }
    return entries
  }

  /// The values of a longest rising run of `values`: those that stayed in order.
  private static func longestRise(_ values: [Int]) -> Set<Int> {
    var ends: [Int] = []
    var before = [Int?](repeating: nil, count: values.count)
    for (index, value) in values.enumerated() {
      let place = ends.firstIndex { values[$0] >= value } ?? ends.count
      before[index] = place > 0 ? ends[place - 1] : nil
      if place == ends.count { ends.append(index) } else { ends[place] = index }
    }
    var result: Set<Int> = []
    var next = ends.last
    while let index = next {
      result.insert(values[index])
      next = before[index]
    }
    return result
  }
}
