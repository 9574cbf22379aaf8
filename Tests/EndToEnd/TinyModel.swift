import Foundation
import KeyreelTesting

/// A model profile with a 64×48 canvas, so that whole films take milliseconds.
///
/// It is installed as a user would add an endpoint: one file in the project's `models` folder.
enum TinyModel {
  static let id = "test/tiny"

  static let profile = """
    {
      "id": "test/tiny", "title": "Tiny clips for tests", "source": "this test",
      "pictures": { "first": "image_url", "last": "end_image_url" },
      "parameters": [
        { "name": "prompt", "type": "string", "required": true, "max_length": 200 },
        { "name": "num_frames", "type": "integer", "default": 5, "minimum": 2, "maximum": 60 },
        { "name": "seed", "type": "integer" }
      ],
      "length": { "parameter": "num_frames", "frame_rate": "30" },
      "canvases": [{ "when": {}, "width": 64, "height": 48 }],
      "price": {
        "amount": "0.0333", "unit": "second", "currency": "USD", "multipliers": [],
        "as_of": "2026-11-22", "source": "this test"
      }
    }
    """
}

/// Draws small stills as uncompressed PNG files.
enum TinyStill {
  /// A `width`×`height` PNG whose pixels come from `color(x, y)`.
  static func png(
    width: Int = 64, height: Int = 48, color: (Int, Int) -> (UInt8, UInt8, UInt8)
  ) -> Data {
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)
      for x in 0..<width {
        let (red, green, blue) = color(x, y)
        rows += [red, green, blue]
      }
    }
    return file(width: width, height: height, rows: rows)
  }

  private static func file(width: Int, height: Int, rows: [UInt8]) -> Data {
    var png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var header = bigEndian(UInt32(width))
    header += bigEndian(UInt32(height))
    header += [8, 2, 0, 0, 0]
    png.append(chunk("IHDR", header))
    png.append(chunk("IDAT", stored(rows)))
    png.append(chunk("IEND", []))
    return png
  }

  /// Broad vertical bands of grey whose order depends on `index`, so that neighbours always differ.
  static func numbered(_ index: Int) -> Data {
    png { x, y in
      let band = UInt8(truncatingIfNeeded: 40 + (x / 16 * 53 + index * 71 + y / 24 * 31) % 180)
      return (band, UInt8(truncatingIfNeeded: Int(band) / 2 + index * 13 % 100), 255 - band)
    }
  }

  /// A PNG whose header claims a size that its few bytes do not have.
  static func claiming(width: Int, height: Int) -> Data {
    file(width: width, height: height, rows: [0, 0, 0, 0])
  }

  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var rest = bytes[...]
    while !rest.isEmpty {
      let block = rest.prefix(65535)
      rest = rest.dropFirst(block.count)
      let count = UInt16(block.count)
      stream += [rest.isEmpty ? 1 : 0, UInt8(count & 255), UInt8(count >> 8)]
      stream += [UInt8(~count & 255), UInt8(~count >> 8)]
      stream += block
    }
    return stream + bigEndian(adler(bytes))
  }

  private static func chunk(_ name: String, _ body: [UInt8]) -> Data {
    let typed = Array(name.utf8) + body
    var chunk = Data(bigEndian(UInt32(body.count)))
    chunk += typed
    chunk += bigEndian(crc(typed))
    return chunk
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    let shifts: [UInt32] = [24, 16, 8, 0]
    return shifts.map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func adler(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return b << 16 | a
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = (crc & 1 == 1) ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
