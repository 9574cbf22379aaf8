public import KeyreelCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The pictures and videos of a report, each under a name that its document uses.
public struct ReportMedia: Sendable {
  /// What a file is.
  public enum Kind: String, Hashable, Sendable {
    /// A JPEG picture.
    case jpeg = "image/jpeg"
    /// A PNG picture.
    case png = "image/png"
    /// A video.
    case mp4 = "video/mp4"
  }

  private var addresses: [String: String] = [:]

  /// No pictures.
  public init() {}

  /// Keeps `bytes` under `name`, as text that can stand in a page.
  public mutating func add(_ bytes: [UInt8], as kind: Kind, named name: String) {
    addresses[name] = "data:\(kind.rawValue);base64," + Data(bytes).base64EncodedString()
  }

  /// Says where the page's own server has what is called `name`; for live pages alone.
  public mutating func add(address: String, named name: String) { addresses[name] = address }

  /// Where the page finds what is called `name`: a `data:` address, or one of its own server.
  public func address(of name: String) -> String? { addresses[name] }

  /// Whether there is something called `name`.
  public func contains(_ name: String) -> Bool { addresses[name] != nil }

  /// What a fitted keyframe is called.
  public static func name(of picture: PictureRecipe) -> String {
    var text = JSONText()
    picture.write(to: &text)
    return "k" + Digest.of(text.bytes).hex.prefix(16)
  }

  /// What the frame `index` of a clip's strip is called.
  public static func name(of clip: RecipeKey, still index: Int) -> String {
    "c\(clip.description.prefix(16))-\(index)"
  }

  /// What the frame is called that stands for a part of an existing clip.
  public static func name(ofFootage clip: Digest, from start: Int, frames: Int) -> String {
    "u\(clip.hex.prefix(16))-\(start)-\(frames)"
  }

  /// What the strip of frames around a join is called, by what was measured there: other frames have
  /// another name.
  public static func stripName(of verdict: JoinVerdict) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let bytes = try? encoder.encode(verdict) else {
      preconditionFailure("a verdict that stands in manifests can be written")
    }
    return "j" + Digest.of(Array(bytes)).hex.prefix(16)
  }

  /// What a clip's video is called.
  public static func videoName(of clip: RecipeKey) -> String {
    "v\(clip.description.prefix(16))"
  }

  /// What the frame of a video of these bytes is called that is shown before it is played.
  public static func posterName(of video: Digest) -> String { "p\(video.hex.prefix(16))" }

  /// What a film's video is called.
  public static func videoName(ofFilm index: Int) -> String { "film-\(index)" }
}
