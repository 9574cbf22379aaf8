public import KeyreelCore
public import SystemPackage

/// A stand-in for a video file: one line of text that says what it would show.
///
/// Real bytes in a real file, so that stores and executors do all that they do with real clips.
public struct ScriptedClip: Hashable, Sendable {
  /// The recipe that it was made of.
  public var key: RecipeKey
  /// What an inspection of it finds.
  public var inspection: ClipInspection

  /// A clip of `key` with these figures.
  public init(key: RecipeKey, inspection: ClipInspection) {
    self.key = key
    self.inspection = inspection
  }

  /// The file's bytes.
  public var bytes: [UInt8] {
    Array(
      "clip \(key) \(inspection.frames) \(inspection.size) \(inspection.frameRate) end\n".utf8)
  }

  /// Reads a clip's bytes; `nil` for anything that is not a whole clip.
  public init?(bytes: [UInt8]) {
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 6, words[0] == "clip", words[5] == "end\n",
      let digest = Digest(hex: words[1]), let frames = Int(words[2]),
      let size = PixelSize(words[3]), let rate = FrameRate(words[4])
    else { return nil }
    key = RecipeKey(digest)
    inspection = ClipInspection(frames: frames, size: size, frameRate: rate)
  }
}

/// Looks at ``ScriptedClip`` files.
public struct ScriptedInspector: ClipInspector {
  /// An inspector.
  public init() {}

  /// Reads the clip; throws `corrupt` when it is not whole.
  public func inspect(_ file: FilePath) async throws -> ClipInspection {
    guard let clip = ScriptedClip(bytes: try TestFile.read(file)) else {
      throw OperationError(.corrupt, "\(file) does not decode")
    }
    return clip.inspection
  }
}

/// Pictures that are made up from their recipes; last frames are read from ``ScriptedClip`` files.
public struct ScriptedPictures: PictureSupply {
  /// A supply.
  public init() {}

  /// A picture of one colour, which the recipe decides.
  public func picture(_ use: KeyframeUse) async throws -> FittedPicture {
    guard case .still(let digest) = use.recipe.origin else {
      throw OperationError(.unsupported, "\(use.name) is no still")
    }
    return Self.picture(digest.bytes[0], use.recipe.canvas)
  }

  /// A picture of one colour, which the clip decides.
  public func lastFrame(of file: FilePath, canvas: PixelSize) async throws -> FittedPicture {
    guard let clip = ScriptedClip(bytes: try TestFile.read(file)) else {
      throw OperationError(.corrupt, "\(file) does not decode")
    }
    return Self.picture(clip.key.digest.bytes[0], canvas)
  }

  private static func picture(_ value: UInt8, _ size: PixelSize) -> FittedPicture {
    FittedPicture(size: size, pixels: [UInt8](repeating: value, count: size.area * 3))
  }
}

/// Keeps all events, in the order in which they came.
public final class RecordingReporter: Reporter {
  private let recorded = Locked<[RunEvent]>([])

  /// A reporter that has heard nothing yet.
  public init() {}

  /// Takes note of `event`.
  public func report(_ event: RunEvent) { recorded.withLock { $0.append(event) } }

  /// What was told so far.
  public var events: [RunEvent] { recorded.withLock { $0 } }
}
