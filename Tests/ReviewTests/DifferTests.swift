import FalProtocol
import KeyreelCore
import KeyreelTesting
import Testing

@testable import Review

@Suite("The way from plan to plan")
struct DifferTests {
  /// A plan of sequences, each a name and what its clips are of.
  func plan(_ sequences: [(String, [String])]) throws -> PlanFile {
    var segments: [JSONValue] = []
    var pieces: [JSONValue] = []
    for (name, clips) in sequences {
      for (index, clip) in clips.enumerated() {
        let id = "\(name)/\(index)"
        segments.append([
          "id": .string(id), "sequence": .string(name), "model": "m", "frames": 5,
          "request": ["prompt": .string(clip)],
          "takes": [
            [
              "take": 1, "seed": 7, "key": .string(clip), "cost": "0.10", "upper_bound": "0.20",
              "chosen": true, "action": "generate", "reason": "new",
            ]
          ],
        ])
        pieces.append(["label": .string(id), "clip": .string(clip), "frames": 5])
      }
    }
    let cost = Money(nanos: Int64(segments.count) * 100_000_000).decimal
    return try PlanFile([
      "format_version": 1, "pipeline": ["path": "film.yaml"], "backend": "fal@queue.fal.run",
      "cost": [
        "expected": .string(cost), "upper_bound": .string(cost), "new": .string(cost),
        "new_upper_bound": .string(cost), "currency": "USD",
      ],
      "list_price": ["expected": .string(cost), "upper_bound": .string(cost)],
      "films": [
        [
          "name": "film", "frames": .integer(segments.count * 5), "frame_rate": 30,
          "segments": .array(segments), "assembly": ["pieces": .array(pieces)],
        ]
      ],
    ])
  }

  private func diff(_ old: PlanFile, _ new: PlanFile) -> PlanDiff {
    PlanDiffer().diff(from: old, named: "old", to: new, named: "new")
  }

  @Test("Sequences in any other order, under any other names, are bought again by nobody")
  func moved() throws {
    var random = SplitMix(seed: 11)
    for _ in 0..<60 {
      let sequences = (0..<Int.random(in: 1...7, using: &random)).map { number in
        ("s\(number)", (0..<Int.random(in: 1...4, using: &random)).map { "\(number).\($0)" })
      }
      let moved = sequences.shuffled(using: &random).map { name, clips in
        (Bool.random(using: &random) ? name : "new-\(name)", clips)
      }
      let diff = diff(try plan(sequences), try plan(moved))
      #expect(diff.segments.allSatisfy { $0.status == .unchanged })
      #expect(diff.films[0].sequences.allSatisfy { $0.status == .unchanged })
      #expect(diff.isEmpty == (moved.map(\.0) == sequences.map(\.0)))
      let renamed = moved.filter { $0.0.hasPrefix("new-") }.map { $0.0.dropFirst(4) }
      #expect(diff.films[0].sequences.compactMap(\.oldName) == renamed.map(String.init))
    }
  }

  @Test("Rows add up: what was before, and is added and removed, is what is there after")
  func addsUp() throws {
    var random = SplitMix(seed: 12)
    for _ in 0..<60 {
      func any() -> [(String, [String])] {
        ["a", "b", "c", "d"].filter { _ in Bool.random(using: &random) }.map { name in
          (
            name,
            (0..<Int.random(in: 1...3, using: &random)).map { _ in
              "clip\(Int.random(in: 0..<9, using: &random))"
            }
          )
        }
      }
      let (old, new) = (try plan(any()), try plan(any()))
      let diff = diff(old, new)
      func count(_ statuses: PlanDiff.Status...) -> Int {
        diff.segments.count { statuses.contains($0.status) }
      }
      #expect(count(.removed, .changed, .unchanged) == old.films[0].segments.count)
      #expect(count(.added, .changed, .unchanged) == new.films[0].segments.count)
      let weight = diff.segments.reduce(Money.zero) {
        $0 + ($1.new?.cost.expected ?? .zero) - ($1.old?.cost.expected ?? .zero)
      }
      #expect(weight == diff.new.cost.expected - diff.old.cost.expected)
      #expect(PlanDiffer().diff(from: new, named: "", to: new, named: "").isEmpty)
    }
  }

  @Test("The shortest list of moves is told: one sequence that jumps is one that moved")
  func oneMove() throws {
    let names = ["a", "b", "c", "d", "e"]
    for from in names.indices {
      for to in names.indices where to != from {
        var moved = names
        moved.insert(moved.remove(at: from), at: to)
        let diff = diff(
          try plan(names.map { ($0, [$0]) }), try plan(moved.map { ($0, [$0]) }))
        #expect(diff.films[0].sequences.count { $0.move != nil } == 1)
      }
    }
  }

  @Test("A thousand segments are compared without looking at a million pairs")
  func large() throws {
    let names = (0..<1000).map { ("s\($0)", ["clip \($0)"]) }
    let diff = diff(try plan(names), try plan(names.reversed()))
    #expect(diff.segments.count == 1000 && diff.segments.allSatisfy { $0.status == .unchanged })
    #expect(diff.films[0].sequences.count { $0.move != nil } == 999)
  }
}
