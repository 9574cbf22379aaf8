internal import KeyreelCore

/// Walks the chunks of a WebP file (RFC 9649).
enum WebPStructure {
  static func header(_ bytes: [UInt8], name: String) throws -> StillHeader {
    guard let size = bytes.little(4, at: 4), size + 8 <= bytes.count else {
      throw MediaFailure.cutShort(
        name, "the WebP data end after \(bytes.count) bytes of \((bytes.little(4, at: 4) ?? 0) + 8)"
      )
    }
    var place = 12
    var extended: StillHeader?
    var picture: StillHeader?
    var orientation = 1
    while place + 8 <= size + 8 {
      guard let length = bytes.little(4, at: place + 4), place + 8 + length <= bytes.count else {
        throw MediaFailure.cutShort(name, "a chunk of the WebP data is not all there")
      }
      let body = place + 8..<place + 8 + length
      if bytes.has("VP8X", at: place) {
        extended = try readExtended(bytes, body, name: name)
      } else if bytes.has("VP8 ", at: place) {
        picture = try readLossy(bytes, body, name: name)
      } else if bytes.has("VP8L", at: place) {
        picture = try readLossless(bytes, body, name: name)
      } else if bytes.has("ANIM", at: place) || bytes.has("ANMF", at: place) {
        throw StillHeader.animated(name, "WebP")
      } else if bytes.has("EXIF", at: place) {
        orientation = ExifOrientation.read(bytes, in: body) ?? 1
      }
      place = body.upperBound + length % 2
    }
    guard var header = picture else {
      throw MediaFailure.damaged(name, "there is no picture in the WebP file")
    }
    if let extended { header.hasAlpha = extended.hasAlpha }
    header.orientation = orientation
    return header
  }

  private static func readExtended(_ bytes: [UInt8], _ body: Range<Int>, name: String) throws
    -> StillHeader
  {
    let start = body.lowerBound
    guard body.count >= 10, let width = bytes.little(3, at: start + 4),
      let height = bytes.little(3, at: start + 7)
    else { throw MediaFailure.damaged(name, "its WebP header is too short") }
    guard bytes[start] & 0x02 == 0 else { throw StillHeader.animated(name, "WebP") }
    var header = try StillHeader(
      .webp, size: PixelSize(width: width + 1, height: height + 1), name: name)
    header.hasAlpha = bytes[start] & 0x10 != 0
    return header
  }

  /// The key frame header of VP8: RFC 6386, section 9.1.
  private static func readLossy(_ bytes: [UInt8], _ body: Range<Int>, name: String) throws
    -> StillHeader
  {
    let start = body.lowerBound
    guard body.count >= 10, bytes[start] & 1 == 0, bytes.big(3, at: start + 3) == 0x9D012A,
      let width = bytes.little(2, at: start + 6), let height = bytes.little(2, at: start + 8)
    else { throw MediaFailure.damaged(name, "its WebP picture does not begin with a key frame") }
    return try StillHeader(
      .webp, size: PixelSize(width: width & 0x3FFF, height: height & 0x3FFF), name: name)
  }

  private static func readLossless(_ bytes: [UInt8], _ body: Range<Int>, name: String) throws
    -> StillHeader
  {
    let start = body.lowerBound
    guard body.count >= 5, bytes[start] == 0x2F, let fields = bytes.little(4, at: start + 1) else {
      throw MediaFailure.damaged(name, "its lossless WebP header is not one")
    }
    var header = try StillHeader(
      .webp,
      size: PixelSize(width: (fields & 0x3FFF) + 1, height: (fields >> 14 & 0x3FFF) + 1),
      name: name)
    header.hasAlpha = fields >> 28 & 1 == 1
    return header
  }
}
