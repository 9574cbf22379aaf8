/// What is known of every file that a pipeline uses; the planner's only view of the disk.
public struct SourceFacts: Hashable, Sendable {
  /// Facts, or what is wrong, by reference.
  public var entries: [SourceReference: Result<SourceFact, SourceProblem>]

  /// No facts.
  public init(_ entries: [SourceReference: Result<SourceFact, SourceProblem>] = [:]) {
    self.entries = entries
  }
}

/// What is known of one source.
public enum SourceFact: Hashable, Sendable, Codable {
  /// A still picture, or a frame of a video.
  case picture(PictureFact)
  /// An existing clip.
  case footage(FootageFact)
  /// Sound.
  case sound(SoundFact)
  /// Captions.
  case captions(CaptionFact)
  /// A font, by the digest of its file.
  case font(Digest)

  /// Digest of the file's bytes.
  public var digest: Digest {
    switch self {
    case .picture(let fact): fact.digest
    case .footage(let fact): fact.digest
    case .sound(let fact): fact.digest
    case .captions(let fact): fact.digest
    case .font(let digest): digest
    }
  }
}

/// What is known of a picture.
public struct PictureFact: Hashable, Sendable, Codable {
  /// Digest of the source file's bytes.
  public var digest: Digest
  /// The frame's index, for a frame of a video.
  public var frame: Int?
  /// Size in pixels, upright (after EXIF orientation).
  public var size: PixelSize
  /// Whether any alpha channel is there.
  public var hasAlpha: Bool
  /// Bits per channel.
  public var bitDepth: Int
  /// EXIF orientation, 1…8.
  public var orientation: Int
  /// 16 × 16 RGB means in reading order, to find near-identical neighbours.
  public var thumbnail: [UInt8]

  /// What is known of a picture.
  public init(
    digest: Digest, frame: Int? = nil, size: PixelSize, hasAlpha: Bool = false, bitDepth: Int = 8,
    orientation: Int = 1, thumbnail: [UInt8] = []
  ) {
    self.digest = digest
    self.frame = frame
    self.size = size
    self.hasAlpha = hasAlpha
    self.bitDepth = bitDepth
    self.orientation = orientation
    self.thumbnail = thumbnail
  }
}

/// What is known of an existing clip.
public struct FootageFact: Hashable, Sendable, Codable {
  /// Digest of the file's bytes.
  public var digest: Digest
  /// Picture size in pixels, upright.
  public var size: PixelSize
  /// Frames per second.
  public var frameRate: FrameRate
  /// Frames that are shown.
  public var frames: Int
  /// Whether there is sound beside the pictures.
  public var hasSound: Bool

  /// What is known of an existing clip.
  public init(
    digest: Digest, size: PixelSize, frameRate: FrameRate, frames: Int, hasSound: Bool = false
  ) {
    self.digest = digest
    self.size = size
    self.frameRate = frameRate
    self.frames = frames
    self.hasSound = hasSound
  }
}

/// What is known of a sound file.
public struct SoundFact: Hashable, Sendable, Codable {
  /// Digest of the file's bytes.
  public var digest: Digest
  /// Samples per second.
  public var sampleRate: Int
  /// Length in samples.
  public var samples: Int

  /// What is known of a sound file.
  public init(digest: Digest, sampleRate: Int, samples: Int) {
    self.digest = digest
    self.sampleRate = sampleRate
    self.samples = samples
  }
}

/// What is known of a file of captions.
public struct CaptionFact: Hashable, Sendable, Codable {
  /// Digest of the file's bytes.
  public var digest: Digest
  /// The captions in the order of the file.
  public var cues: [SubRipFile.Cue]
  /// How many of them had formatting, which is left out.
  public var formatted: Int

  /// What is known of a file of captions.
  public init(digest: Digest, cues: [SubRipFile.Cue], formatted: Int = 0) {
    self.digest = digest
    self.cues = cues
    self.formatted = formatted
  }
}

/// Why a source cannot be used; the planner puts it at the place that names the source.
public struct SourceProblem: Error, Hashable, Sendable {
  /// Stable diagnostic code.
  public var code: String
  /// One sentence without a full stop.
  public var message: String
  /// What to do instead.
  public var suggestion: String?

  /// A problem told in `message`.
  public init(code: String, message: String, suggestion: String? = nil) {
    self.code = code
    self.message = message
    self.suggestion = suggestion
  }
}
