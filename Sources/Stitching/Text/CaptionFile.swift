internal import KeyreelCore
internal import Media
internal import SystemPackage

/// Captions as a file of their own, SubRip or WebVTT.
final class CaptionFile: FrameTaker {
  private let bytes: [UInt8]
  private let path: FilePath

  init(_ cues: [FilmCue], ending: String, at path: FilePath, of film: StitchedFilm) {
    let text =
      ending == "vtt"
      ? SubtitleText.webVTT(cues, at: film.frameRate)
      : SubtitleText.subRip(cues, at: film.frameRate)
    bytes = Array(text.utf8)
    self.path = path
  }

  func wants(_ frame: Int) -> Bool { false }

  func take(_ picture: PlanarFrame, at frame: Int) throws {}

  func finish(_ token: CancellationToken) throws {
    try FileBytes.write(bytes, to: path)
    guard try FileBytes.read(path, name: path.string) == bytes else {
      throw OperationError(
        .verificationFailed, "\(path) is not what was written", remedy: "run again")
    }
  }
}
