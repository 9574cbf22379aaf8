internal import Keyframes
internal import KeyreelCore
internal import Media
internal import SystemPackage

/// Takes side by side: a row of pictures for each, from its first frame to its last.
struct ContactSheet {
  /// Pictures in a row.
  static let columns = 6
  /// Pixels of a picture's longer side.
  static let tile = 240
  /// Pixels between pictures, and around the take that is in the film.
  static let gap = 6

  /// One row.
  struct Row {
    /// The clip; `nil` leaves the row dark.
    var clip: FilePath?
    /// Whether the take is in the film, which a bright frame shows.
    var isChosen: Bool
  }

  let rows: [Row]
  /// Picture size of the clips.
  let canvas: PixelSize

  private var tileSize: PixelSize {
    let longer = max(canvas.width, canvas.height)
    return PixelSize(
      width: max(2, canvas.width * Self.tile / longer),
      height: max(2, canvas.height * Self.tile / longer))
  }

  private var rowHeight: Int { tileSize.height + 2 * Self.gap }

  /// The sheet; blocks while clips are decoded.
  func picture() throws -> RGBPicture {
    let size = PixelSize(
      width: Self.columns * (tileSize.width + Self.gap) + Self.gap, height: rows.count * rowHeight)
    var sheet = RGBPicture(size: size, red: 24, green: 24, blue: 24)
    for (index, row) in rows.enumerated() {
      if row.isChosen { frame(index, in: &sheet) }
      guard let clip = row.clip else { continue }
      let frames = try VideoFrames(clip)
      for column in 0..<Self.columns {
        let number = (frames.facts.frames - 1) * column / (Self.columns - 1)
        let tile = PictureFitter.fit(
          try frames.picture(at: number), .contain, to: tileSize)
        sheet.place(
          tile, at: (Self.gap + column * (tileSize.width + Self.gap), index * rowHeight + Self.gap))
      }
    }
    return sheet
  }

  /// Brightens a whole row; its pictures leave only the frame to be seen.
  private func frame(_ row: Int, in sheet: inout RGBPicture) {
    let bright = RGBPicture(
      size: PixelSize(width: sheet.size.width, height: rowHeight), red: 240, green: 190, blue: 60)
    sheet.place(bright, at: (0, row * rowHeight))
  }
}

extension RGBPicture {
  /// Copies `tile` into the picture, its upper left corner at `corner`; it must fit.
  mutating func place(_ tile: RGBPicture, at corner: (x: Int, y: Int)) {
    let bytes = tile.size.width * 3
    for line in 0..<tile.size.height {
      let from = line * bytes
      let to = ((corner.y + line) * size.width + corner.x) * 3
      pixels.replaceSubrange(to..<to + bytes, with: tile.pixels[from..<from + bytes])
    }
  }
}
