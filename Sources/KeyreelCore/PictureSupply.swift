public import SystemPackage

/// Where the executor gets pictures from and has clips looked at; implemented over the media libraries.
public protocol PictureSupply: Sendable {
  /// The pixels of an authored keyframe, fitted to its canvas.
  func picture(_ use: KeyframeUse) async throws -> FittedPicture

  /// The last frame of the clip in `file`, in `canvas` size.
  func lastFrame(of file: FilePath, canvas: PixelSize) async throws -> FittedPicture
}

/// What a look at a whole clip found.
public struct ClipInspection: Hashable, Sendable, Codable {
  /// Frames that really decode.
  public var frames: Int
  /// Picture size in pixels.
  public var size: PixelSize
  /// Frames per second.
  public var frameRate: FrameRate
  /// What its first and last frames show, where that was measured; no part of any record of the clip.
  public var edges: ClipEdges?

  /// What a look at a whole clip found.
  public init(frames: Int, size: PixelSize, frameRate: FrameRate, edges: ClipEdges? = nil) {
    self.frames = frames
    self.size = size
    self.frameRate = frameRate
    self.edges = edges
  }

  enum CodingKeys: String, CodingKey {
    case frames
    case size
    case frameRate
  }
}

/// Looks at every clip before it is committed.
public protocol ClipInspector: Sendable {
  /// Decodes the whole clip strictly; throws an ``OperationError`` that names it when anything is wrong.
  func inspect(_ file: FilePath) async throws -> ClipInspection
}
