/// Writes canonical JSON: keys in the given order, no white space, shortest numbers.
///
/// Digests are taken over this text, so it must never change for the same values. Keys are written
/// in the order of the calls; callers keep that order fixed.
public struct JSONText: Sendable {
  /// The text so far.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// An empty text.
  public init() {}

  /// The text as a string.
  public var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Writes `{`, what `body` writes, and `}`.
  public mutating func object(_ body: (inout JSONText) -> Void) {
    bracketed(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
  }

  /// Writes `[`, what `body` writes, and `]`.
  public mutating func array(_ body: (inout JSONText) -> Void) {
    bracketed(UInt8(ascii: "["), UInt8(ascii: "]"), body)
  }

  /// Writes a key; exactly one value must follow.
  public mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a string value.
  public mutating func value(_ text: String) {
    separate()
    quote(text)
  }

  /// Writes a whole number.
  public mutating func value(_ number: Int) {
    separate()
    bytes.append(contentsOf: String(number).utf8)
  }

  /// Writes a finite number in its shortest form; whole numbers have no point.
  public mutating func value(_ number: Double) {
    separate()
    if let whole = Int(exactly: number) {
      bytes.append(contentsOf: String(whole).utf8)
    } else {
      bytes.append(contentsOf: number.description.utf8)
    }
  }

  /// Writes a number that is given as JSON text, such as `16.033333333`.
  public mutating func value(literal: String) {
    separate()
    bytes.append(contentsOf: literal.utf8)
  }

  /// Writes `true` or `false`.
  public mutating func value(_ flag: Bool) {
    separate()
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
  }

  /// Writes `null`.
  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  private mutating func bracketed(_ open: UInt8, _ close: UInt8, _ body: (inout JSONText) -> Void) {
    separate()
    bytes.append(open)
    needsComma = false
    body(&self)
    bytes.append(close)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
      case 0..<0x20:
        let hex = String(byte, radix: 16)
        bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
