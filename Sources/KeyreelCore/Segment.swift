/// A keyframe as a segment uses it.
public struct KeyframeUse: Hashable, Sendable, Codable {
  /// Its name in the pipeline, or its file.
  public var name: String
  /// Where the pixels are read from; `nil` when they are the last frame of another clip.
  public var source: PictureSource?
  /// What decides its pixels.
  public var recipe: PictureRecipe

  /// The keyframe `name`, read from `source`.
  public init(name: String, source: PictureSource?, recipe: PictureRecipe) {
    self.name = name
    self.source = source
    self.recipe = recipe
  }
}

/// One candidate of a segment.
public struct Take: Hashable, Sendable, Codable {
  /// 1-based number.
  public var number: Int
  /// Its seed.
  public var seed: Int
  /// Its recipe's key.
  public var key: RecipeKey
  /// What it costs to generate on the plan's backend.
  public var price: PriceRange
  /// What it costs to generate at the model's list price, whatever the backend.
  public var listPrice: PriceRange
  /// Whether it is the one in the film.
  public var isChosen: Bool

  /// A candidate of a segment.
  public init(
    number: Int, seed: Int, key: RecipeKey, price: PriceRange, listPrice: PriceRange,
    isChosen: Bool
  ) {
    self.number = number
    self.seed = seed
    self.key = key
    self.price = price
    self.listPrice = listPrice
    self.isChosen = isChosen
  }
}

/// One clip to generate: the way from a keyframe to the next.
public struct Segment: Hashable, Sendable, Codable {
  /// `<sequence>/<from>-<to>`, or the author's own.
  public var id: String
  /// The sequence it belongs to.
  public var sequence: String
  /// The endpoint's id.
  public var model: String
  /// The fully defaulted request of the chosen take.
  public var request: ModelRequest
  /// The request's field that takes the seed; `nil` when the model has none.
  public var seedParameter: String?
  /// The picture it starts on.
  public var first: KeyframeUse
  /// The picture it ends on.
  public var last: KeyframeUse
  /// Planned frames, both ends counted.
  public var frames: Int
  /// Frames per second of the clip.
  public var frameRate: FrameRate
  /// Picture size of the clip.
  public var canvas: PixelSize
  /// What happens when other frames arrive.
  public var conform: ConformMode
  /// The candidates, in order; exactly one is chosen.
  public var takes: [Take]
  /// The segment whose last delivered frame this one starts from (`chain: rendered`).
  public var startsFrom: String?
  /// The clip that it keeps; ``takes`` is then that one alone, and it is never made.
  public var lock: SegmentLock?

  /// A segment of these parts.
  public init(
    id: String, sequence: String, model: String, request: ModelRequest, seedParameter: String?,
    first: KeyframeUse, last: KeyframeUse, frames: Int, frameRate: FrameRate, canvas: PixelSize,
    conform: ConformMode, takes: [Take], startsFrom: String?
  ) {
    self.id = id
    self.sequence = sequence
    self.model = model
    self.request = request
    self.seedParameter = seedParameter
    self.first = first
    self.last = last
    self.frames = frames
    self.frameRate = frameRate
    self.canvas = canvas
    self.conform = conform
    self.takes = takes
    self.startsFrom = startsFrom
  }

  /// The take that is in the film.
  public var chosen: Take {
    guard let take = takes.first(where: \.isChosen) else {
      preconditionFailure("a segment has exactly one chosen take")
    }
    return take
  }

  /// Puts the clip of `lock` in the place of all takes.
  public mutating func keep(_ lock: ClipLock) {
    let planned = chosen
    self.lock = SegmentLock(clip: lock, planned: planned)
    takes = [
      Take(
        number: lock.take, seed: lock.seed ?? planned.seed, key: lock.key, price: planned.price,
        listPrice: planned.listPrice, isChosen: true)
    ]
  }

  /// All that decides what `take` shows, when `backend` makes it.
  public func recipe(for take: Take, on backend: BackendIdentity) -> Recipe {
    var request = request
    if let seedParameter { request[seedParameter] = .integer(take.seed) }
    return Recipe(
      backend: backend, model: model, request: request, first: first.recipe, last: last.recipe,
      frames: frames, frameRate: frameRate)
  }
}
