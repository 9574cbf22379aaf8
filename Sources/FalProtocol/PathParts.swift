/// The parts of a path, decoded one by one so that no decoded slash can make a new part.
enum PathParts {
  /// The decoded parts of an absolute path; `nil` for empty parts, dots, bad or odd encodings.
  ///
  /// One slash at the end is no part. At most 24 parts and 2,048 bytes are taken.
  static func decoded(_ path: some StringProtocol) -> [String]? {
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= 2048 else { return nil }
    var raw = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)[...]
    if raw.count > 1, raw.last?.isEmpty == true { raw = raw.dropLast() }
    guard raw.count <= 24 else { return nil }
    var parts: [String] = []
    for piece in raw {
      guard let part = PercentEncoding.decode(piece), isSafe(part) else { return nil }
      parts.append(part)
    }
    return parts
  }

  /// Letters, digits, `-`, `.`, `_` and `~` (RFC 3986, section 2.3).
  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func isSafe(_ part: String) -> Bool {
    !part.isEmpty && part != "." && part != ".."
      && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
  }
}

/// Percent-encoding of RFC 3986.
public enum PercentEncoding {
  /// Decodes `%41` to `A`; `nil` for broken escapes and for what is not UTF-8.
  public static func decode(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var iterator = text.utf8.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Encodes every byte that is not a letter, a digit or one of `-._~`.
  public static func encode(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      if PathParts.isUnreserved(byte) {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let hex = String(byte, radix: 16, uppercase: true)
        encoded += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
      }
    }
    return encoded
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
