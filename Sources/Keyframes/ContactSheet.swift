internal import KeyreelCore
public import Media
public import SystemPackage

/// Puts frames of a film side by side into one picture.
public struct ContactSheet: Hashable, Sendable {
  /// Pictures per row.
  public var columns: Int
  /// Rows of pictures.
  public var rows: Int
  /// Width of one picture, in pixels.
  public var cellWidth: Int
  /// Pixels between pictures and around them.
  public var gap: Int

  /// A sheet of `columns` × `rows` pictures.
  public init(columns: Int = 4, rows: Int = 3, cellWidth: Int = 320, gap: Int = 8) {
    precondition(columns > 0 && rows > 0 && cellWidth > 0 && gap >= 0, "a sheet has pictures")
    self.columns = columns
    self.rows = rows
    self.cellWidth = cellWidth
    self.gap = gap
  }

  /// Frames of `film` at even distances, the first and the last among them.
  public func draw(_ film: FilePath) throws -> RGBPicture {
    let frames = try VideoFrames(film)
    return draw(try indices(of: frames.facts.frames).map { try frames.picture(at: $0) })
  }

  /// The pictures in reading order on a dark ground; the first one's shape is that of all cells.
  ///
  /// There must be at least one; what does not fit on the sheet is left out.
  public func draw(_ pictures: [RGBPicture]) -> RGBPicture {
    guard let shape = pictures.first?.size else {
      preconditionFailure("a sheet has at least one picture")
    }
    let cell = PixelSize(
      width: cellWidth, height: max(1, (shape.height * cellWidth + shape.width / 2) / shape.width))
    let size = PixelSize(
      width: columns * (cell.width + gap) + gap, height: rows * (cell.height + gap) + gap)
    var sheet = RGBPicture(size: size, red: 18, green: 18, blue: 20)
    for (index, picture) in pictures.prefix(columns * rows).enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      sheet = sheet.placing(
        PictureFitter.fit(picture, .contain, to: cell), x: gap + column * (cell.width + gap),
        y: gap + row * (cell.height + gap))
    }
    return sheet
  }

  /// Which of `count` frames are shown.
  func indices(of count: Int) -> [Int] {
    let cells = min(columns * rows, count)
    guard cells > 1 else { return [0] }
    return (0..<cells).map { ($0 * (count - 1) + (cells - 1) / 2) / (cells - 1) }
  }
}
