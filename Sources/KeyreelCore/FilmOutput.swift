/// One file, or folder of files, that a film is written as.
public struct FilmOutput: Hashable, Sendable, Codable {
  /// Where it is written, relative to the project root.
  public var path: String
  /// What it is.
  public var form: FilmForm
  /// Which captions it shows.
  public var captions: CaptionUse = .none

  /// A film in `path` as `form`.
  public init(path: String, form: FilmForm = .film) {
    self.path = path
    self.form = form
  }

  /// The film itself in `path`.
  public static func film(_ path: String) -> FilmOutput { FilmOutput(path: path) }

  /// The ending of the file's name, in lower case and without its dot.
  public var ending: String { Self.ending(of: path) }

  /// The ending of a file's name, in lower case and without its dot; empty when there is none.
  public static func ending(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }
}

/// What is written of a film.
public enum FilmForm: Hashable, Sendable, Codable {
  /// The film as it is stitched: an H.264 mp4 that copies what it can.
  case film
  /// All frames encoded anew; `crf` is `nil` for codecs that have none.
  case encoded(FilmCodec, crf: Int?)
  /// A folder of numbered PNG files, one per frame.
  case frames
  /// Moving pictures of this width for web pages and reviews, without sound.
  case preview(width: Int)
  /// One picture: 0-based film frame `frame`.
  case poster(frame: Int)
  /// Pictures from all over the film on one page.
  case sheet
  /// The captions of 0-based row `row` as text, in the language `language`.
  case captions(row: Int, language: String)

  /// What people call it: `hevc, crf 20`, `poster of frame 12`.
  public var text: String {
    switch self {
    case .film: "film"
    case .encoded(let codec, let crf):
      codec.rawValue + (crf.map { ", crf \($0)" } ?? "")
    case .frames: "frames"
    case .preview(let width): "preview, \(width) wide"
    case .poster(let frame): "poster of frame \(frame)"
    case .sheet: "contact sheet"
    case .captions(_, let language):
      "captions" + (language == LanguageCode.undetermined ? "" : ", \(language)")
    }
  }

  /// The digest's words for it; raised when the same form comes out as other bytes.
  public var key: String {
    switch self {
    case .film: "film"
    case .encoded(let codec, let crf): "encoded 1 \(codec.rawValue) \(crf.map(String.init) ?? "-")"
    case .frames: "frames 1"
    case .preview(let width): "preview 1 \(width)"
    case .poster(let frame): "poster 1 \(frame)"
    case .sheet: "sheet 1"
    case .captions(let row, _): "captions 1 \(row)"
    }
  }
}

/// How moving pictures are encoded.
public enum FilmCodec: String, Hashable, Sendable, Codable, CaseIterable {
  /// H.264 (x264).
  case h264
  /// H.265 (x265).
  case hevc
  /// Apple ProRes 422 HQ, for editors.
  case prores
  /// VP9 (libvpx), for WebM.
  case vp9
  /// AV1 (SVT-AV1 or libaom).
  case av1

  /// Constant rate factors that it takes; `nil` when it has none.
  public var crfs: ClosedRange<Int>? {
    switch self {
    case .h264, .hevc: 0...51
    case .vp9, .av1: 0...63
    case .prores: nil
    }
  }

  /// The constant rate factor when the author names none: nearly no loss to be seen.
  public var defaultCRF: Int? {
    switch self {
    case .h264: 16
    case .hevc: 20
    case .vp9: 24
    case .av1: 24
    case .prores: nil
    }
  }

  /// Endings of files that hold it, the usual one first.
  public var endings: [String] {
    switch self {
    case .h264, .hevc: ["mp4", "mov"]
    case .prores: ["mov"]
    case .vp9: ["webm"]
    case .av1: ["webm", "mp4"]
    }
  }

  /// What a file with this ending holds when the author names no codec.
  public static func usual(for ending: String) -> FilmCodec? {
    switch ending {
    case "mp4": .h264
    case "mov": .prores
    case "webm": .vp9
    default: nil
    }
  }
}

/// What an output is, as authors write it.
public enum OutputKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// Moving pictures with sound.
  case film
  /// A folder of numbered pictures.
  case frames
  /// A small animation.
  case preview
  /// One picture.
  case poster
  /// A page of pictures.
  case sheet
  /// The captions as text.
  case captions

  /// What a file with this ending is when the author does not say; `nil` when that cannot be told.
  public static func usual(for ending: String) -> OutputKind? {
    switch ending {
    case "mp4", "mov", "webm": .film
    case "webp", "gif": .preview
    case "png", "jpg", "jpeg": .poster
    case "srt", "vtt": .captions
    default: nil
    }
  }

  /// Endings of its files, the usual one first; a folder has none.
  public var endings: [String] {
    switch self {
    case .film: ["mp4", "mov", "webm"]
    case .frames: [""]
    case .preview: ["webp", "gif"]
    case .poster, .sheet: ["jpg", "png", "jpeg"]
    case .captions: ["srt", "vtt"]
    }
  }
}
