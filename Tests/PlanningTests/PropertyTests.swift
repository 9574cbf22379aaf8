import Foundation
import KeyreelCore
import KeyreelTesting
import Planning
import Testing

/// Laws that hold for every pipeline, tried on generated ones.
@Suite struct PropertyTests {
  /// Generated pipelines; `KEYREEL_TORTURE` asks for more.
  static let seeds = Array(
    UInt64(1)...(ProcessInfo.processInfo.environment["KEYREEL_TORTURE"] == nil ? 200 : 3000))

  @Test("The film's length follows the algebra, and keyframes come in order")
  func filmAlgebra() throws {
    let planner = try Planner(profiles: profiles())
    for seed in Self.seeds {
      var generator = PlanGenerator(seed: seed)
      let sample = generator.sample()
      let result = planner.plan([sample.document], facts: sample.facts, backend: animatic)
      let film = try #require(
        result.plan?.films.first, "seed \(seed): \(result.diagnostics.map(\.message))")
      let pieces = film.assembly.pieces
      let sum = pieces.reduce(0) { $0 + $1.frames }
      let dropped = pieces.count { $0.dropsLast }
      let holds = pieces.reduce(0) { $0 + $1.holdBefore + $1.holdAfter }
      let overlaps = pieces.compactMap(\.crossfade).filter { $0.handles == .overlap }
        .reduce(0) { $0 + $1.frames }
      #expect(film.frames == sum - dropped + holds - overlaps, "seed \(seed)")
      #expect(film.frames == film.assembly.frames)
      for (before, after) in zip(film.keyframes, film.keyframes.dropFirst())
      where before.sequence == after.sequence {
        #expect(before.filmFrame < after.filmFrame, "seed \(seed)")
      }
      #expect(film.keyframes.allSatisfy { (0...film.frames).contains($0.filmFrame) })
      #expect(Set(film.segments.map(\.id)).count == film.segments.count, "seed \(seed)")
    }
  }

  @Test("Keyframes stand where the pieces put them")
  func keyframesStandWherePiecesPutThem() throws {
    let planner = try Planner(profiles: profiles())
    for seed in Self.seeds {
      var generator = PlanGenerator(seed: seed)
      let sample = generator.sample()
      let result = planner.plan([sample.document], facts: sample.facts, backend: animatic)
      let film = try #require(result.plan?.films.first)
      // A second account of the film, piece by piece: each clip shows its first keyframe at its start.
      var starts: [String: Int] = [:]
      var position = 0
      for piece in film.assembly.pieces {
        if let crossfade = piece.crossfade, crossfade.handles == .overlap {
          position -= crossfade.frames
        }
        starts[piece.label] = position
        position += piece.frames - (piece.dropsLast ? 1 : 0) + piece.holdBefore + piece.holdAfter
      }
      #expect(position == film.frames)
      var keyframes: [String: [PlannedKeyframe]] = [:]
      for keyframe in film.keyframes { keyframes[keyframe.sequence, default: []].append(keyframe) }
      for (sequence, segments) in Dictionary(grouping: film.segments, by: \.sequence) {
        let shown = try #require(keyframes[sequence]?.map(\.filmFrame).prefix(segments.count))
        #expect(Array(shown) == segments.map { starts[$0.id] }, "seed \(seed)")
      }
    }
  }

  @Test("The same input gives the same plan")
  func plansAreDeterministic() throws {
    for seed in Self.seeds.prefix(50) {
      var first = PlanGenerator(seed: seed)
      var second = PlanGenerator(seed: seed)
      let one = try plan(first.sample().document)
      let two = try plan(second.sample().document)
      #expect(one == two && one.plan != nil)
    }
  }

  @Test("Editing a keyframe makes exactly its adjacent segments new")
  func editsAreLocal() throws {
    let planner = try Planner(profiles: profiles())
    for seed in Self.seeds.prefix(60) {
      var generator = PlanGenerator(seed: seed)
      var sample = generator.sample()
      for index in sample.document.sequences.indices {
        sample.document.changeChain(index) { $0.chain = nil }
      }
      let before = try #require(
        planner.plan([sample.document], facts: sample.facts, backend: paid).plan?.films[0])
      // The file of the first segment's first picture gets other bytes.
      guard let edited = before.segments.first?.first.source else { continue }
      sample.facts.entries[.picture(edited)] = .success(
        .picture(
          PictureFact(digest: Digest.of("edited"), size: PixelSize(width: 1280, height: 720))))
      let after = try #require(
        planner.plan([sample.document], facts: sample.facts, backend: paid).plan?.films[0])
      for (old, new) in zip(before.segments, after.segments) {
        let isAdjacent = old.first.source == edited || old.last.source == edited
        #expect((old.takes.map(\.key) != new.takes.map(\.key)) == isAdjacent, "seed \(seed)")
      }
    }
  }

  @Test("Under `chain: rendered` an edit reaches all that follows in the sequence, and no further")
  func renderedEditsPropagate() throws {
    let stops = (0..<5).map { stop("s\($0).jpg") }
    let document = document(stops) {
      $0.changeChain(0) { $0.chain = at(11, .rendered) }
      $0.sequences.append(sequence("other", stops, line: 30))
    }
    var facts = PlanGenerator.facts(for: document)
    let before = try film(document, facts: facts)
    facts.entries[.picture(.file("s2.jpg"))] = .success(
      .picture(PictureFact(digest: Digest.of("edited"), size: PixelSize(width: 832, height: 480))))
    let after = try film(document, facts: facts)
    let changed = zip(before.segments, after.segments).filter {
      $0.chosen.key != $1.chosen.key
    }.map(\.1.id)
    #expect(
      changed == [
        "valley/s1-s2", "valley/s2-s3", "valley/s3-s4", "other/s1-s2", "other/s2-s3",
      ])
    #expect(after.segments[1].startsFrom == "valley/s0-s1")
    #expect(after.segments[1].first.source == nil)
  }

  @Test("Changing one prompt makes one segment new; renaming makes none")
  func promptsAndNames() throws {
    let planner = try Planner(profiles: profiles())
    for seed in Self.seeds.prefix(40) {
      var generator = PlanGenerator(seed: seed)
      var sample = generator.sample()
      for index in sample.document.sequences.indices {
        sample.document.changeChain(index) { $0.chain = nil }
      }
      let before = try #require(
        planner.plan([sample.document], facts: sample.facts, backend: paid).plan?.films[0])
      var renamed = sample.document
      renamed.name = "another"
      renamed.digest = Digest.of("another")
      for index in renamed.sequences.indices {
        renamed.sequences[index].name = at(900, "n\(index)")
      }
      let same = try #require(
        planner.plan([renamed], facts: sample.facts, backend: paid).plan?.films[0])
      #expect(
        same.segments.map { $0.takes.map(\.key) } == before.segments.map { $0.takes.map(\.key) })
      // Chapters are called as their sequences are; nothing else has changed.
      var cut = same.assembly
      cut.chapters = before.assembly.chapters
      #expect(cut.key == before.assembly.key)

      guard
        let index = sample.document.sequences.firstIndex(where: {
          if case .keyframes(let chain) = $0.content { chain.stops.count > 1 } else { false }
        })
      else { continue }
      sample.document.changeChain(index) { chain in
        chain.stops[0].next.parameters.removeAll { $0.name.value == "prompt" }
        chain.stops[0].next.parameters.append(parameter("prompt", .string("edited"), 901))
      }
      let after = try #require(
        planner.plan([sample.document], facts: sample.facts, backend: paid).plan?.films[0])
      let changed = zip(before.segments, after.segments).filter {
        $0.takes.map(\.key) != $1.takes.map(\.key)
      }
      #expect(changed.count == 1, "seed \(seed)")
      // An edited prompt keeps its noise.
      #expect(changed.allSatisfy { $0.takes.map(\.seed) == $1.takes.map(\.seed) })
    }
  }
}
