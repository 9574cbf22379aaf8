/// The bytes inside a `data:` address (RFC 2397), of all its forms: base64 or percent-encoded, with or
/// without a media type and parameters.
struct DataURI: Hashable {
  /// The media type with its parameters, as written; empty when there is none.
  let mediaType: String
  let bytes: [UInt8]

  /// Why an address is of no use.
  enum Mistake: Error, Hashable {
    /// There is no comma in front of the data.
    case noData
    case notBase64
    /// A `%` without two hexadecimal digits behind it.
    case badEscape
  }

  /// Whether `text` is meant to be one.
  static func isOne(_ text: String) -> Bool {
    text.utf8.prefix(5).elementsEqual("data:".utf8) { $0 | 0x20 == $1 }
  }

  /// Reads an address that ``isOne(_:)``.
  init(_ text: String) throws(Mistake) {
    // An array's bytes are looked through many times faster than a string's, of which there are many.
    let content = Array(text.utf8)[5...]
    guard let comma = content.firstIndex(of: UInt8(ascii: ",")) else { throw .noData }
    let head = String(decoding: content[..<comma], as: UTF8.self)
    let data = content[(comma + 1)...]
    let marker = ";base64"
    let isBase64 = head.lowercased().hasSuffix(marker)
    mediaType = isBase64 ? String(head.dropLast(marker.count)) : head
    let plain = try Self.unescaped(data)
    bytes = isBase64 ? try Self.decoded(plain) : Array(plain)
  }

  private static func unescaped(_ data: ArraySlice<UInt8>) throws(Mistake) -> ArraySlice<UInt8> {
    guard data.contains(UInt8(ascii: "%")) else { return data }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(data.count)
    var iterator = data.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit)
      else { throw .badEscape }
      bytes.append(high << 4 | low)
    }
    return bytes[...]
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Decodes base64 of both alphabets, with or without padding and white space, as browsers do.
  private static func decoded(_ text: ArraySlice<UInt8>) throws(Mistake) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3 + 3)
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text {
      let value = values[Int(byte)]
      if value < 64, padding == 0 {
        bits = bits << 6 | UInt32(value)
        count += 1
        guard count == 4 else { continue }
        bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        bytes.append(UInt8(truncatingIfNeeded: bits))
        (bits, count) = (0, 0)
      } else if byte == UInt8(ascii: "=") {
        padding += 1
      } else if value != space {
        throw .notBase64
      }
    }
    // Padding, where there is any, fills the last four characters.
    guard count != 1, padding == 0 || count + padding == 4, count != 0 || padding == 0 else {
      throw .notBase64
    }
    if count == 2 { bytes.append(UInt8(truncatingIfNeeded: bits >> 4)) }
    if count == 3 {
      bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
    }
    return bytes
  }

  private static let space: UInt8 = 64

  /// The value of each character: 0…63, 64 for white space, 65 for all others.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 65, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    for byte in [0x09, 0x0A, 0x0C, 0x0D, 0x20] { values[byte] = space }
    return values
  }()
}
