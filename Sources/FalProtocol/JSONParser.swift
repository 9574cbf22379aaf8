extension JSONValue {
  /// Reads one JSON text by RFC 8259, and nothing else: no comments, no `NaN`, no byte order mark.
  ///
  /// Of members with equal keys the last value counts, as in Python and JavaScript.
  public init(parsing bytes: some Sequence<UInt8>, limits: JSONLimits = .standard) throws(JSONError)
  {
    let contiguous = bytes.withContiguousStorageIfAvailable { Self.parse($0, limits) }
    switch contiguous ?? Array(bytes).withUnsafeBufferPointer({ Self.parse($0, limits) }) {
    case .success(let value): self = value
    case .failure(let error): throw error
    }
  }

  /// Reads one JSON text.
  public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits
  ) -> Result<JSONValue, JSONError> {
    var parser = JSONParser(bytes: bytes, limits: limits)
    return Result { () throws(JSONError) in try parser.document() }
  }
}

/// Goes through the bytes once; a bracket is one level of recursion, so the depth is limited.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let limits: JSONLimits
  var position = 0
  var depth = 0

  init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONError) -> JSONValue {
    guard bytes.count <= limits.bytes else { throw JSONError(.tooLarge, at: limits.bytes) }
    skipSpace()
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw JSONError(.extraData, at: position) }
    return value
  }

  /// The byte at the position, or 0 behind the end; a zero byte is never legal JSON outside strings.
  var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    switch current {
    case UInt8(ascii: "\""): .string(try string())
    case UInt8(ascii: "{"): try object()
    case UInt8(ascii: "["): try array()
    case UInt8(ascii: "t"): try word("true", .bool(true))
    case UInt8(ascii: "f"): try word("false", .bool(false))
    case UInt8(ascii: "n"): try word("null", .null)
    default: try number()
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count else { throw JSONError(.expectedValue, at: position) }
    for offset in 0..<count where bytes[position + offset] != word.utf8Start[offset] {
      throw JSONError(.expectedValue, at: position)
    }
    position += count
    return value
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    guard depth <= limits.depth else { throw JSONError(.tooDeep, at: position) }
    position += 1
    skipSpace()
  }

  private mutating func leave() {
    depth -= 1
    position += 1
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try enter()
    var values: [JSONValue] = []
    if current != UInt8(ascii: "]") {
      while true {
        values.append(try value())
        skipSpace()
        if current == UInt8(ascii: "]") { break }
        try expect(UInt8(ascii: ","), .expectedComma)
      }
    }
    leave()
    return .array(values)
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try enter()
    var builder = JSONObjectBuilder()
    if current != UInt8(ascii: "}") {
      while true {
        guard current == UInt8(ascii: "\"") else { throw JSONError(.expectedKey, at: position) }
        let key = try string()
        skipSpace()
        try expect(UInt8(ascii: ":"), .expectedColon)
        builder.add(key, try value())
        skipSpace()
        if current == UInt8(ascii: "}") { break }
        try expect(UInt8(ascii: ","), .expectedComma)
      }
    }
    leave()
    return .object(builder.object)
  }

  private mutating func expect(_ byte: UInt8, _ reason: JSONError.Reason) throws(JSONError) {
    guard current == byte else { throw JSONError(reason, at: position) }
    position += 1
    skipSpace()
  }
}
