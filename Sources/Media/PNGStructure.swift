internal import KeyreelCore

/// Walks the chunks of a PNG file (W3C PNG, second edition, section 5).
enum PNGStructure {
  static func header(_ bytes: [UInt8], name: String) throws -> StillHeader {
    var place = 8
    var header: StillHeader?
    var hasData = false
    while true {
      guard let length = bytes.big(4, at: place), place + 12 + length <= bytes.count else {
        throw MediaFailure.cutShort(
          name, "the PNG data end after \(bytes.count) bytes, before the end mark")
      }
      let body = place + 8..<place + 8 + length
      if header == nil, !bytes.has("IHDR", at: place + 4) {
        throw MediaFailure.damaged(name, "the PNG file does not begin with its header")
      }
      if bytes.has("IHDR", at: place + 4) {
        header = try readHeader(bytes, body, name: name)
      } else if bytes.has("tRNS", at: place + 4) {
        header?.hasAlpha = true
      } else if bytes.has("acTL", at: place + 4) {
        throw StillHeader.animated(name, "PNG")
      } else if bytes.has("eXIf", at: place + 4) {
        header?.orientation = ExifOrientation.read(bytes, in: body) ?? 1
      } else if bytes.has("IDAT", at: place + 4) {
        hasData = true
      } else if bytes.has("IEND", at: place + 4) {
        break
      }
      place = body.upperBound + 4
    }
    guard let header, hasData else {
      throw MediaFailure.damaged(name, "there is no picture in the PNG file")
    }
    return header
  }

  private static func readHeader(_ bytes: [UInt8], _ body: Range<Int>, name: String) throws
    -> StillHeader
  {
    let start = body.lowerBound
    guard body.count == 13, let width = bytes.big(4, at: start),
      let height = bytes.big(4, at: start + 4)
    else { throw MediaFailure.damaged(name, "its PNG header has the wrong length") }
    var header = try StillHeader(.png, size: PixelSize(width: width, height: height), name: name)
    let colorType = bytes[start + 9]
    header.bitDepth = colorType == 3 ? 8 : max(8, Int(bytes[start + 8]))
    header.hasAlpha = colorType == 4 || colorType == 6
    return header
  }
}
