internal import KeyreelCore
internal import Media

/// Small pictures side by side, with a line of light between the two sides of a join.
enum JoinStrip {
  /// Width of one picture.
  private static let width = 160
  private static let gap = 4

  /// `pictures` of `size` in one row; a wider gap stands in the middle.
  static func jpeg(of pictures: [PlanarFrame], size: PixelSize) throws -> [UInt8] {
    let small = PixelSize(
      width: width, height: max(2, (width * size.height / size.width + 1) / 2 * 2))
    let middle = pictures.count / 2
    let total = PixelSize(
      width: pictures.count * (width + gap) + gap, height: small.height)
    var strip = RGBPicture(size: total, red: 24, green: 24, blue: 24)
    for (index, picture) in pictures.enumerated() {
      let tile = try picture.rgb(scaledTo: small)
      let left = index * (width + gap) + (index < middle ? 0 : 2 * gap)
      guard left + width <= total.width else { continue }
      strip.place(tile, left: left)
    }
    return try PictureWriter.encode(strip, as: .jpeg(quality: 82))
  }
}

extension RGBPicture {
  /// Puts `tile`, of the same height, at `left`.
  fileprivate mutating func place(_ tile: RGBPicture, left: Int) {
    for row in 0..<tile.size.height {
      let source = row * tile.size.width * 3
      let target = (row * size.width + left) * 3
      pixels.replaceSubrange(
        target..<target + tile.size.width * 3,
        with: tile.pixels[source..<source + tile.size.width * 3])
    }
  }
}
