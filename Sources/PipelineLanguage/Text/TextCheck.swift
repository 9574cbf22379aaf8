import KeyreelCore

/// What must hold of the bytes before they are read as YAML.
enum TextCheck {
  /// Larger files are refused unread; 100,000 richly written segments need about 12 MB.
  static let limit = 16 << 20

  /// The bytes to read, without a byte order mark; what is wrong goes to `log`.
  static func check(
    _ bytes: [UInt8], _ log: inout DiagnosticLog
  ) throws(Refusal) -> ArraySlice<UInt8> {
    guard bytes.count <= limit else {
      log.error(
        .fileTooLarge, "the file has \(bytes.count) bytes, more than the \(limit) allowed",
        at: nil, suggestion: "split it into several pipelines")
      throw Refusal()
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      log.error(
        .notUTF8, "the file is UTF-16, not UTF-8", at: SourceSpan(line: 1, column: 1),
        suggestion: "save it as UTF-8")
      throw Refusal()
    }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    guard let fault = text.withUnsafeBufferPointer(firstFault) else { return text }
    let span = place(of: fault.offset, in: text)
    switch fault.scalar {
    case nil:
      log.error(
        .notUTF8,
        "the byte 0x\(String(text[text.startIndex + fault.offset], radix: 16)) is not UTF-8",
        at: span, suggestion: "save the file as UTF-8")
    case let scalar?:
      let code = String(scalar, radix: 16, uppercase: true)
      let name = String(repeating: "0", count: max(0, 4 - code.count)) + code
      log.error(
        .controlCharacter, "the invisible character U+\(name) is not allowed", at: span,
        suggestion: scalar == 13 ? "end lines with a line feed" : "delete it")
    }
    throw Refusal()
  }

  /// The first byte that is no UTF-8, or the first character that YAML or line counting cannot bear.
  private static func firstFault(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (offset: Int, scalar: UInt32?)? {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        if byte >= 0x20, byte != 0x7F {
          index += 1
          continue
        }
        let lineEnd = byte == 13 && index + 1 < bytes.count && bytes[index + 1] == 10
        guard byte == 9 || byte == 10 || lineEnd else { return (index, UInt32(byte)) }
        index += 1
        continue
      }
      guard let (scalar, count) = decode(bytes, at: index) else { return (index, nil) }
      // C1 controls, the line breaks that editors do not show as such, and non-characters.
      if scalar < 0xA0 || scalar == 0x2028 || scalar == 0x2029 || scalar & 0xFFFE == 0xFFFE
        || scalar == 0xFEFF
      {
        return (index, scalar)
      }
      index += count
    }
    return nil
  }

  private static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> (scalar: UInt32, count: Int)? {
    let lead = bytes[index]
    let (count, least): (Int, UInt32)
    switch lead {
    case 0xC2...0xDF: (count, least) = (2, 0x80)
    case 0xE0...0xEF: (count, least) = (3, 0x800)
    case 0xF0...0xF4: (count, least) = (4, 0x10000)
    default: return nil
    }
    guard index + count <= bytes.count else { return nil }
    var scalar = UInt32(lead) & (0xFF >> UInt32(count + 1))
    for offset in 1..<count {
      let byte = bytes[index + offset]
      guard byte & 0xC0 == 0x80 else { return nil }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else {
      return nil
    }
    return (scalar, count)
  }

  private static func place(of offset: Int, in bytes: ArraySlice<UInt8>) -> SourceSpan {
    let before = bytes.prefix(offset)
    let line = before.reduce(1) { $0 + ($1 == 10 ? 1 : 0) }
    let start = before.lastIndex(of: 10).map { $0 + 1 } ?? bytes.startIndex
    // Continuation bytes are no characters of their own.
    let column = before[start...].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    return SourceSpan(line: line, column: column)
  }
}

extension SourceSpan {
  /// The single character at 1-based `line` and `column`.
  init(line: Int, column: Int) {
    self.init(
      start: Place(line: line, column: column), end: Place(line: line, column: column + 1))
  }
}
