public import KeyreelCore
internal import Media
public import SystemPackage

/// Where the files and pictures that an assembly names really are; asked from several threads at once.
public struct FilmSources: Sendable {
  /// The path of a generated clip.
  public var clip: @Sendable (RecipeKey) throws -> FilePath
  /// The path of footage or sound, given relative to the project root.
  public var file: @Sendable (String) throws -> FilePath
  /// The pixels of a still, in the film's size.
  public var still: @Sendable (KeyframeUse) throws -> FittedPicture

  /// Light and colours of the authored keyframe at one end of a clip, as a film of a size shows it;
  /// `nil` where none was authored.
  public var sketch: @Sendable (RecipeKey, ClipEnd, PixelSize) throws -> PictureSketch?
  /// What was measured of a clip when it arrived; `nil` where nothing was.
  public var edges: @Sendable (RecipeKey) -> ClipEdges?

  /// Sources that are looked up by these functions; what they throw ends the stitching.
  public init(
    clip: @escaping @Sendable (RecipeKey) throws -> FilePath,
    file: @escaping @Sendable (String) throws -> FilePath,
    still: @escaping @Sendable (KeyframeUse) throws -> FittedPicture,
    sketch: @escaping @Sendable (RecipeKey, ClipEnd, PixelSize) throws -> PictureSketch?,
    edges: @escaping @Sendable (RecipeKey) -> ClipEdges? = { _ in nil }
  ) {
    self.clip = clip
    self.file = file
    self.still = still
    self.sketch = sketch
    self.edges = edges
  }

  /// The same with the pixels of keyframes, which are measured whenever they are asked for.
  public init(
    clip: @escaping @Sendable (RecipeKey) throws -> FilePath,
    file: @escaping @Sendable (String) throws -> FilePath,
    still: @escaping @Sendable (KeyframeUse) throws -> FittedPicture,
    keyframe: @escaping @Sendable (RecipeKey, ClipEnd) throws -> FittedPicture? = { _, _ in nil },
    edges: @escaping @Sendable (RecipeKey) -> ClipEdges? = { _ in nil }
  ) {
    self.init(
      clip: clip, file: file, still: still,
      sketch: { key, end, size in
        try keyframe(key, end).map { try PictureSketch($0, fittedInto: size) }
      }, edges: edges)
  }
}

extension PictureSketch {
  /// Light and colours of `picture` as a film of `size` shows it.
  public init(_ picture: FittedPicture, fittedInto size: PixelSize) throws {
    self.init(try PlanarFrame(picture, fittedInto: size))
  }
}

/// One end of a clip.
public enum ClipEnd: Hashable, Sendable {
  /// Its first picture.
  case first
  /// Its last picture.
  case last
}
