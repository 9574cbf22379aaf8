/// What an amount of work costs: what is expected and what it may come to.
public struct PriceRange: Hashable, Sendable, Codable {
  /// If the provider bills what was asked for.
  public var expected: Money
  /// If the provider bills the most that the profile allows for.
  public var worst: Money

  /// From `expected` up to `worst`.
  public init(expected: Money, worst: Money) {
    self.expected = expected
    self.worst = worst
  }

  /// Nothing.
  public static let free = PriceRange(expected: .zero, worst: .zero)

  /// The sum of two ranges.
  public static func + (left: PriceRange, right: PriceRange) -> PriceRange {
    PriceRange(expected: left.expected + right.expected, worst: left.worst + right.worst)
  }
}

/// What a pipeline comes to: exact segments, films and prices.
///
/// Same inputs give byte-equal plans.
/// A plan holds no absolute path, no time, no secret and nothing about the machine or the store.
public struct Plan: Hashable, Sendable, Codable {
  /// The version of the plan format that this program writes and reads.
  public static let formatVersion = 1

  /// The version of the plan format.
  public var formatVersion: Int
  /// The pipeline file, relative to the project root.
  public var pipeline: String
  /// Digest of the pipeline file's bytes.
  public var pipelineDigest: Digest
  /// Who makes the clips.
  public var backend: BackendIdentity
  /// ISO 4217 code of all amounts.
  public var currency: String
  /// The day of the oldest price used, `2026-11-22`.
  public var pricesAsOf: String
  /// The films, one per combination of variants.
  public var films: [FilmPlan]

  /// A plan of `films`.
  public init(
    pipeline: String, pipelineDigest: Digest, backend: BackendIdentity, currency: String,
    pricesAsOf: String, films: [FilmPlan]
  ) {
    formatVersion = Self.formatVersion
    self.pipeline = pipeline
    self.pipelineDigest = pipelineDigest
    self.backend = backend
    self.currency = currency
    self.pricesAsOf = pricesAsOf
    self.films = films
  }
}

/// One film of a plan.
public struct FilmPlan: Hashable, Sendable, Codable {
  /// The film's name, variant suffix included.
  public var name: String
  /// Picture size of the film.
  public var size: PixelSize
  /// Frames per second of the film.
  public var frameRate: FrameRate
  /// Frames of the film.
  public var frames: Int
  /// Every keyframe with its place in the film, in film order.
  public var keyframes: [PlannedKeyframe]
  /// The clips to generate, in film order.
  public var segments: [Segment]
  /// How the clips become the film.
  public var assembly: Assembly
  /// The files that the film itself is written to, relative to the project root; one at least.
  public var outputs: [String]
  /// What else is made of the film in the same pass.
  public var companions: [FilmOutput] = []
  /// Remarks for people: roundings, crossfades that shorten the film.
  public var remarks: [String]

  /// A film of these parts.
  public init(
    name: String, size: PixelSize, frameRate: FrameRate, frames: Int,
    keyframes: [PlannedKeyframe], segments: [Segment], assembly: Assembly, outputs: [String],
    remarks: [String]
  ) {
    self.name = name
    self.size = size
    self.frameRate = frameRate
    self.frames = frames
    self.keyframes = keyframes
    self.segments = segments
    self.assembly = assembly
    self.outputs = outputs
    self.remarks = remarks
  }
}

/// A keyframe's place in the film.
public struct PlannedKeyframe: Hashable, Sendable, Codable {
  /// Its name in the pipeline, or its file.
  public var name: String
  /// The sequence that shows it.
  public var sequence: String
  /// 0-based index of the (first) film frame that shows it.
  public var filmFrame: Int
  /// Digest of its source bytes.
  public var digest: Digest

  /// A keyframe at 0-based `filmFrame`.
  public init(name: String, sequence: String, filmFrame: Int, digest: Digest) {
    self.name = name
    self.sequence = sequence
    self.filmFrame = filmFrame
    self.digest = digest
  }
}
