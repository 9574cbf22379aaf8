internal import KeyreelCore
internal import Media
internal import SystemPackage

/// A small animation of a film: at most twelve pictures and a half a second, without sound.
final class FilmPreview: FrameTaker {
  /// Every how many film frames a picture is taken.
  private let step: Int
  private let film: StitchedFilm
  private let path: FilePath
  private let writer: AnimationWriter
  private let size: PixelSize
  private let isGIF: Bool
  private var pictures = 0

  init(width: Int, ending: String, at path: FilePath, of film: StitchedFilm) throws {
    self.path = path
    isGIF = ending == "gif"
    self.film = film
    let rate = film.frameRate
    // GIF counts hundredths of a second, and browsers slow down what is faster than 50 a second.
    step = max(1, (rate.numerator * 2 + 25 * rate.denominator - 1) / (25 * rate.denominator))
    let width = min(width, film.size.width) & ~1
    size = PixelSize(
      width: width, height: max(2, (width * film.size.height / film.size.width) & ~1))
    let slower = FrameRate(rate.numerator, rate.denominator * step) ?? rate
    writer = try AnimationWriter(
      path, as: ending == "gif" ? .gif : .webp, size: size, frameRate: slower)
  }

  func wants(_ frame: Int) -> Bool { frame % step == 0 }

  func take(_ picture: PlanarFrame, at frame: Int) throws {
    try writer.append(picture)
    pictures += 1
  }

  func finish(_ token: CancellationToken) throws {
    try writer.finish()
    let found = try AnimationWriter.pictures(in: path)
    // libwebp shows equal neighbours as one picture that lasts longer; a GIF has them all.
    let isWhole = isGIF ? found == pictures : (1...max(1, pictures)).contains(found)
    guard pictures == (film.frames + step - 1) / step, isWhole else {
      throw OperationError(
        .verificationFailed, "\(path) has \(found) pictures instead of \(pictures)")
    }
  }
}
