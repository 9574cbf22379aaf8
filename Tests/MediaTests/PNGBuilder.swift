/// Writes PNG files of any kind, uncompressed, so that tests decide every byte.
struct PNGBuilder {
  var width: Int
  var height: Int
  var bitDepth: Int
  /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  var colorType: Int
  /// Bytes of all rows, without filter bytes.
  var rows: [[UInt8]]
  /// Chunks between header and data.
  var extra: [(type: String, body: [UInt8])] = []

  var bytes: [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let header =
      Self.big(width) + Self.big(height) + [UInt8(bitDepth), UInt8(colorType), 0, 0, 0]
    file += Self.chunk("IHDR", header)
    for (type, body) in extra { file += Self.chunk(type, body) }
    file += Self.chunk("IDAT", Self.stored(rows.flatMap { [0] + $0 }))
    return file + Self.chunk("IEND", [])
  }

  static func big(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  static func chunk(_ type: String, _ body: [UInt8]) -> [UInt8] {
    let named = Array(type.utf8) + body
    return big(body.count) + named + big(Int(crc(named)))
  }

  /// A zlib stream of one stored block (RFC 1950, 1951); at most 65,535 bytes.
  private static func stored(_ data: [UInt8]) -> [UInt8] {
    let (low, high) = (UInt8(data.count & 255), UInt8(data.count >> 8))
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01, 1, low, high, ~low, ~high] + data + big(b << 16 | a)
  }

  private static func crc(_ data: [UInt8]) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in data {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~value
  }
}
