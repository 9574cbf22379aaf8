extension JSONParser {
  /// A number by the grammar of RFC 8259, section 6.
  mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    if current == UInt8(ascii: "0") {
      position += 1
    } else if skipDigits() == 0 {
      throw JSONError(.expectedValue, at: start)
    }
    var isWhole = true
    if current == UInt8(ascii: "."), position + 1 < bytes.count, isDigit(bytes[position + 1]) {
      position += 1
      skipDigits()
      isWhole = false
    }
    if current | 0x20 == UInt8(ascii: "e") {
      let mark = position
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      if skipDigits() == 0 { position = mark } else { isWhole = false }
    }
    guard position - start <= limits.digits else { throw JSONError(.numberTooLong, at: start) }
    let literal = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, literal != "-0", let integer = Int(literal) { return .integer(integer) }
    return .number(literal)
  }

  @discardableResult
  private mutating func skipDigits() -> Int {
    let start = position
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
    return position - start
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// A quoted string; stretches without escapes are taken whole.
  mutating func string() throws(JSONError) -> String {
    let opening = position
    position += 1
    var start = position
    var gathered: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        if gathered.isEmpty { return try text(bytes[start..<position - 1], from: start) }
        gathered.append(contentsOf: bytes[start..<position - 1])
        return try gatheredText(gathered, from: opening)
      }
      if byte == UInt8(ascii: "\\") {
        gathered.append(contentsOf: bytes[start..<position])
        try appendEscape(to: &gathered)
        start = position
      } else if byte < 0x20 {
        throw JSONError(.controlCharacter, at: position)
      } else {
        position += 1
      }
    }
    throw JSONError(.unterminatedString, at: opening)
  }

  private func text(
    _ slice: Slice<UnsafeBufferPointer<UInt8>>, from start: Int
  ) throws(JSONError) -> String {
    if let text = String(validating: slice, as: UTF8.self) { return text }
    throw JSONError(.invalidUTF8, at: start + UTF8Fault.offset(in: slice))
  }

  /// Behind escapes the offset in the text is found again in the source, between its quotes.
  private func gatheredText(
    _ gathered: [UInt8], from opening: Int
  ) throws(JSONError) -> String {
    if let text = String(validating: gathered, as: UTF8.self) { return text }
    let source = bytes[(opening + 1)..<position]
    throw JSONError(.invalidUTF8, at: opening + 1 + UTF8Fault.offset(in: source))
  }

  private mutating func appendEscape(to gathered: inout [UInt8]) throws(JSONError) {
    let backslash = position
    position += 1
    guard position < bytes.count else { throw JSONError(.unterminatedString, at: backslash) }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): gathered.append(byte)
    case UInt8(ascii: "b"): gathered.append(0x08)
    case UInt8(ascii: "f"): gathered.append(0x0C)
    case UInt8(ascii: "n"): gathered.append(0x0A)
    case UInt8(ascii: "r"): gathered.append(0x0D)
    case UInt8(ascii: "t"): gathered.append(0x09)
    case UInt8(ascii: "u"): gathered.append(contentsOf: try scalar(at: backslash).utf8)
    default: throw JSONError(.invalidEscape, at: backslash)
    }
  }

  private mutating func scalar(at backslash: Int) throws(JSONError) -> Character {
    let first = try hexadecimal(at: backslash)
    guard (0xD800..<0xE000).contains(first) else {
      guard let scalar = Unicode.Scalar(first) else {
        throw JSONError(.loneSurrogate, at: backslash)
      }
      return Character(scalar)
    }
    let isPair =
      first < 0xDC00 && position + 1 < bytes.count && bytes[position] == UInt8(ascii: "\\")
      && bytes[position + 1] == UInt8(ascii: "u")
    guard isPair else { throw JSONError(.loneSurrogate, at: backslash) }
    let low = position
    position += 2
    let second = try hexadecimal(at: low)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw JSONError(.loneSurrogate, at: backslash) }
    return Character(scalar)
  }

  private mutating func hexadecimal(at backslash: Int) throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw JSONError(.invalidUnicodeEscape, at: backslash) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = bytes[position]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw JSONError(.invalidUnicodeEscape, at: backslash)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}

/// Finds where bytes stop being UTF-8.
enum UTF8Fault {
  /// The 0-based offset of the first byte that is not part of a whole scalar.
  static func offset(in bytes: some Sequence<UInt8>) -> Int {
    var iterator = bytes.makeIterator()
    var decoder = UTF8()
    var offset = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      offset += UTF8.width(scalar)
    }
    return offset
  }
}
