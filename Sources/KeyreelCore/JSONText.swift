/// Writes canonical JSON: keys in the given order, no white space, shortest numbers.
///
/// Digests are taken over this text, so it must never change for the same values. Keys are written
/// in the order of the calls; callers keep that order fixed.
public struct JSONText: Sendable {
  /// The text so far.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false
  private var followsKey = false
  private var depth = 0
  private let isIndented: Bool

  /// An empty text.
  public init() { isIndented = false }

  /// An empty text for people: one member a line, two spaces deeper in each bracket.
  ///
  /// `capacity` is the expected number of bytes.
  public init(indentedWithCapacity capacity: Int) {
    isIndented = true
    bytes.reserveCapacity(capacity)
  }

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
    if isIndented { bytes.append(UInt8(ascii: " ")) }
    followsKey = true
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

  /// Ends the text with a line end, as files have it.
  public mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

  private mutating func bracketed(_ open: UInt8, _ close: UInt8, _ body: (inout JSONText) -> Void) {
    separate()
    bytes.append(open)
    needsComma = false
    depth += 1
    body(&self)
    depth -= 1
    if needsComma { newLine() }
    bytes.append(close)
    needsComma = true
  }

  private mutating func separate() {
    if followsKey {
      followsKey = false
    } else {
      if needsComma { bytes.append(UInt8(ascii: ",")) }
      newLine()
    }
    needsComma = true
  }

  private mutating func newLine() {
    guard isIndented, !bytes.isEmpty else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<2 * depth { bytes.append(UInt8(ascii: " ")) }
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { append(escaping: $0) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Copies stretches without special characters whole, because most text has none.
  private mutating func append(escaping utf8: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in utf8.indices {
      let byte = utf8[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      bytes.append(contentsOf: utf8[start..<index])
      bytes.append(contentsOf: Self.escape(byte).utf8)
      start = index + 1
    }
    bytes.append(contentsOf: utf8[start...])
  }

  private static func escape(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "\""): return "\\\""
    case UInt8(ascii: "\\"): return "\\\\"
    case UInt8(ascii: "\n"): return "\\n"
    case UInt8(ascii: "\t"): return "\\t"
    case UInt8(ascii: "\r"): return "\\r"
    default:
      let hex = String(byte, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }
  }
}
