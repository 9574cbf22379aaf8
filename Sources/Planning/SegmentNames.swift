import KeyreelCore

/// Gives every segment of a film an id of its own.
struct SegmentNames {
  private var taken: Set<String> = []
  private var repeats: [String: Int] = [:]

  /// Reserves the ids that the author wrote; two equal ones are an error.
  init(_ outlines: [SequenceOutline], _ findings: inout Findings) {
    var places: [String: SourceSpan] = [:]
    for outline in outlines {
      guard case .chain(let chain) = outline.content else { continue }
      for id in chain.drafts.lazy.compactMap({ $0?.explicitID }) {
        if let first = places[id.value] {
          findings.error(
            "KR0316", "two segments have the id `\(id.value)`", at: id.span,
            suggestion: "give each segment an id of its own",
            notes: [Diagnostic.Note("the first one is here", at: first)])
        }
        places[id.value] = id.span
        taken.insert(id.value)
      }
    }
  }

  /// `<sequence>/<from>-<to>`, with `~2`, `~3`, … on repeats.
  mutating func id(sequence: String, from: String, to: String) -> String {
    let base = "\(sequence)/\(from)-\(to)"
    var number = repeats[base] ?? 0
    var id: String
    repeat {
      number += 1
      id = number == 1 ? base : "\(base)~\(number)"
    } while !taken.insert(id).inserted
    repeats[base] = number
    return id
  }
}
