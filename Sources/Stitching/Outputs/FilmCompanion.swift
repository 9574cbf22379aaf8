internal import Media
public import KeyreelCore
public import SystemPackage

/// A further file that is made of a film while it is stitched.
public struct FilmCompanion: Hashable, Sendable {
  /// What it is; never the film itself.
  public var form: FilmForm
  /// What kind of file it is: the ending of its name, without the dot.
  public var ending: String
  /// Where it is written; a folder for single frames.
  public var path: FilePath
  /// Which captions it shows.
  public var captions: CaptionUse

  /// A file of `form` at `path`.
  public init(form: FilmForm, ending: String, path: FilePath, captions: CaptionUse = .none) {
    self.form = form
    self.ending = ending
    self.path = path
    self.captions = captions
  }
}

/// One thing that is made of a film's frames.
protocol FrameTaker: AnyObject {
  /// Whether the 0-based film frame is needed.
  func wants(_ frame: Int) -> Bool
  /// Takes a frame that is wanted; frames come in film order.
  func take(_ picture: PlanarFrame, at frame: Int) throws
  /// Writes what is left and looks at what was made; throws when it is not what it should be.
  func finish(_ token: CancellationToken) throws
}
