public import KeyreelCore

/// Small plans and recipes with made-up pictures, for tests of stores and executors.
public enum SamplePlans {
  /// A tiny canvas.
  public static let canvas = PixelSize(width: 4, height: 2)

  /// A free maker.
  public static let free = BackendIdentity(kind: "scripted", origin: "1")
  /// A maker that counts as paid.
  public static let paid = BackendIdentity(kind: "fal", origin: "queue.fal.run")

  /// The picture `number` as a segment uses it.
  public static func keyframe(_ number: Int) -> KeyframeUse {
    KeyframeUse(
      name: "still\(number)", source: .file("stills/\(number).png"),
      recipe: PictureRecipe(
        origin: .still(Digest.of("still \(number)")), fit: .cover, focus: .center, canvas: canvas))
  }

  /// The last frame of the clip `key` as a segment uses it.
  public static func lastFrame(of key: RecipeKey) -> KeyframeUse {
    KeyframeUse(
      name: "end of \(key)", source: nil,
      recipe: PictureRecipe(
        origin: .rendered(key), fit: .cover, focus: .center, canvas: canvas))
  }

  /// A segment from `first` to `last` with one take.
  public static func segment(
    _ id: String, from first: KeyframeUse, to last: KeyframeUse, prompt: String = "mist",
    frames: Int = 5, conform: ConformMode = .accept, price: PriceRange = .free,
    on backend: BackendIdentity = free
  ) -> Segment {
    var segment = Segment(
      id: id, sequence: String(id.prefix { $0 != "/" }), model: "made-up/flf2v",
      request: ModelRequest([.init("prompt", .string(prompt)), .init("seed", .integer(7))]),
      seedParameter: "seed", first: first, last: last, frames: frames, frameRate: .thirty,
      canvas: canvas, conform: conform, takes: [], startsFrom: nil)
    let draft = Take(
      number: 1, seed: 7, key: RecipeKey(Digest.of("")), price: price, listPrice: price,
      isChosen: true)
    var take = draft
    take.key = segment.recipe(for: draft, on: backend).key
    segment.takes = [take]
    return segment
  }

  /// `count` independent segments of one sequence.
  public static func chain(
    _ count: Int, conform: ConformMode = .accept, price: PriceRange = .free,
    on backend: BackendIdentity = free
  ) -> Plan {
    plan(
      (0..<count).map {
        segment(
          "valley/\($0)", from: keyframe($0), to: keyframe($0 + 1), conform: conform,
          price: price, on: backend)
      }, on: backend)
  }

  /// `count` segments, each from the last frame of the one before.
  public static func renderedChain(
    _ count: Int, on backend: BackendIdentity = free
  ) -> Plan {
    var segments: [Segment] = []
    for number in 0..<count {
      let first = segments.last.map { lastFrame(of: $0.chosen.key) } ?? keyframe(0)
      segments.append(
        segment("river/\(number)", from: first, to: keyframe(number + 1), on: backend))
    }
    return plan(segments, on: backend)
  }

  /// A plan of one film with these segments.
  public static func plan(_ segments: [Segment], on backend: BackendIdentity = free) -> Plan {
    let pieces = segments.map {
      Assembly.Piece(source: .clip($0.chosen.key), label: $0.id, frames: $0.frames)
    }
    let assembly = Assembly(size: canvas, frameRate: .thirty, pieces: pieces)
    let film = FilmPlan(
      name: "sample", size: canvas, frameRate: .thirty, frames: assembly.frames, keyframes: [],
      segments: segments, assembly: assembly, outputs: ["films/sample.mp4"], remarks: [])
    return Plan(
      pipeline: "sample.yaml", pipelineDigest: Digest.of("sample"), backend: backend,
      currency: "USD", pricesAsOf: "2026-11-22", films: [film])
  }

  /// A recipe of its own for every `number`.
  public static func recipe(_ number: Int, on backend: BackendIdentity = free) -> Recipe {
    let segment = segment(
      "valley/\(number)", from: keyframe(number), to: keyframe(number + 1), on: backend)
    return segment.recipe(for: segment.chosen, on: backend)
  }
}
