public import KeyreelCore
public import SystemPackage

/// Where the files and pictures that an assembly names really are.
public struct FilmSources {
  /// The path of a generated clip.
  public var clip: (RecipeKey) throws -> FilePath
  /// The path of footage or sound, given relative to the project root.
  public var file: (String) throws -> FilePath
  /// The pixels of a still, in the film's size.
  public var still: (KeyframeUse) throws -> FittedPicture

  /// The authored keyframe at one end of a clip; `nil` where none was authored.
  public var keyframe: (RecipeKey, ClipEnd) throws -> FittedPicture?

  /// Sources that are looked up by these functions; what they throw ends the stitching.
  public init(
    clip: @escaping (RecipeKey) throws -> FilePath, file: @escaping (String) throws -> FilePath,
    still: @escaping (KeyframeUse) throws -> FittedPicture,
    keyframe: @escaping (RecipeKey, ClipEnd) throws -> FittedPicture? = { _, _ in nil }
  ) {
    self.clip = clip
    self.file = file
    self.still = still
    self.keyframe = keyframe
  }
}

/// One end of a clip.
public enum ClipEnd: Hashable, Sendable {
  /// Its first picture.
  case first
  /// Its last picture.
  case last
}
