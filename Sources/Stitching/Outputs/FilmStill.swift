internal import KeyreelCore
internal import Media
internal import SystemPackage

/// One frame of a film as a picture.
final class FilmPoster: FrameTaker {
  private let frame: Int
  private let path: FilePath
  private let ending: String

  init(frame: Int, ending: String, at path: FilePath, of film: StitchedFilm) {
    // Clips may have come shorter than planned.
    self.frame = min(frame, film.frames - 1)
    self.path = path
    self.ending = ending
  }

  func wants(_ frame: Int) -> Bool { frame == self.frame }

  func take(_ picture: PlanarFrame, at frame: Int) throws {
    try PictureFile.write(picture.rgbPicture(), to: path, ending: ending)
  }

  func finish(_ token: CancellationToken) throws { try PictureFile.check(path) }
}

/// Pictures from all over a film on one page, in reading order.
final class FilmSheet: FrameTaker {
  /// Pictures in a row.
  private static let columns = 4
  /// Pictures at most.
  private static let most = 24
  /// Pixels of a picture's longer side.
  private static let tile = 320
  /// Pixels between pictures.
  private static let gap = 8

  private let frames: [Int]
  private let path: FilePath
  private let ending: String
  private let tileSize: PixelSize
  private var sheet: RGBPicture

  init(ending: String, at path: FilePath, of film: StitchedFilm) {
    self.path = path
    self.ending = ending
    let count = min(Self.most, film.frames)
    // From the first frame to the last, both seen.
    frames = (0..<count).map { count == 1 ? 0 : (film.frames - 1) * $0 / (count - 1) }
    let longer = max(film.size.width, film.size.height)
    tileSize = PixelSize(
      width: max(2, film.size.width * Self.tile / longer & ~1),
      height: max(2, film.size.height * Self.tile / longer & ~1))
    let columns = min(Self.columns, count)
    let rows = (count + columns - 1) / columns
    sheet = RGBPicture(
      size: PixelSize(
        width: columns * (tileSize.width + Self.gap) + Self.gap,
        height: rows * (tileSize.height + Self.gap) + Self.gap), red: 24, green: 24, blue: 24)
  }

  func wants(_ frame: Int) -> Bool { frames.contains(frame) }

  func take(_ picture: PlanarFrame, at frame: Int) throws {
    let tile = try picture.rgbPicture(scaledTo: tileSize)
    for (index, _) in frames.enumerated().filter({ $0.element == frame }) {
      place(tile, at: index)
    }
  }

  func finish(_ token: CancellationToken) throws {
    try PictureFile.write(sheet, to: path, ending: ending)
    try PictureFile.check(path)
  }

  private func place(_ tile: RGBPicture, at index: Int) {
    let (row, column) = index.quotientAndRemainder(dividingBy: min(Self.columns, frames.count))
    let left = Self.gap + column * (tileSize.width + Self.gap)
    let top = Self.gap + row * (tileSize.height + Self.gap)
    let bytes = tileSize.width * 3
    for line in 0..<tileSize.height {
      let target = ((top + line) * sheet.size.width + left) * 3
      sheet.pixels.replaceSubrange(
        target..<target + bytes, with: tile.pixels[line * bytes..<(line + 1) * bytes])
    }
  }
}

/// Still pictures as files.
private enum PictureFile {
  static func write(_ picture: RGBPicture, to path: FilePath, ending: String) throws {
    try PictureWriter.write(picture, to: path, as: ending == "png" ? .png : .jpeg(quality: 92))
  }

  static func check(_ path: FilePath) throws {
    _ = try StillDecoder.decode(FileBytes.read(path, name: path.string), name: path.string)
  }
}
