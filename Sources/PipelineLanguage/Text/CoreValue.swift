import KeyreelCore

/// What a scalar means by the core schema of YAML 1.2 (section 10.3.2), which editors use too.
enum CoreValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text
}

extension Node.Scalar {
  /// The meaning by the core schema; whatever stands in quotes is text.
  var resolved: CoreValue {
    guard isPlain, let first = text.utf8.first else { return isPlain ? .null : .text }
    switch first {
    case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"):
      return ["~", "null", "Null", "NULL"].contains(text) ? .null : .text
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      return ["true", "True", "TRUE"].contains(text) ? .boolean(true) : .text
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      return ["false", "False", "FALSE"].contains(text) ? .boolean(false) : .text
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."):
      return Self.number(text)
    default: return .text
    }
  }

  private static func number(_ text: String) -> CoreValue {
    if text.hasPrefix("0x"), let value = Int(text.dropFirst(2), radix: 16), isUnsigned(text) {
      return .integer(value)
    }
    if text.hasPrefix("0o"), let value = Int(text.dropFirst(2), radix: 8), isUnsigned(text) {
      return .integer(value)
    }
    guard isDecimal(text) else { return .text }
    if let value = Int(text) { return .integer(value) }
    // `1.` and `.5` are numbers in YAML.
    guard let value = Double(text), value.isFinite else { return .text }
    return .number(value)
  }

  private static func isUnsigned(_ text: String) -> Bool {
    text.utf8.dropFirst(2).allSatisfy { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
  }

  /// Whether the text is a decimal of the core schema.
  ///
  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func isDecimal(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Int {
      var rest = rest
      var count = 0
      while let byte = rest.first, (48...57).contains(byte) {
        rest = rest.dropFirst()
        count += 1
      }
      return count
    }
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      rest = rest.dropFirst()
    }
    let whole = digits()
    rest = rest.dropFirst(whole)
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let fraction = digits()
      rest = rest.dropFirst(fraction)
      if whole == 0, fraction == 0 { return false }
    } else if whole == 0 {
      return false
    }
    guard let exponent = rest.first else { return true }
    guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
    rest = rest.dropFirst()
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      rest = rest.dropFirst()
    }
    let power = digits()
    return power > 0 && power == rest.count
  }

  /// The value of a whole number written without quotes, however it is written (`8`, `8.0`, `0x8`).
  var wholeNumber: Int? {
    switch resolved {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }
}

extension Node {
  /// The tree as JSON, the way an editor hands it to a schema.
  var json: String {
    var text = JSONText()
    write(to: &text)
    return text.string
  }

  private func write(to text: inout JSONText) {
    switch content {
    case .broken: text.null()
    case .list(let items): text.array { text in for item in items { item.write(to: &text) } }
    case .mapping(let entries):
      text.object { text in
        for entry in entries {
          text.key(entry.key.text)
          entry.value.write(to: &text)
        }
      }
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null: text.null()
      case .boolean(let flag): text.value(flag)
      case .integer(let number): text.value(number)
      case .number(let number): text.value(number)
      case .text: text.value(scalar.text)
      }
    }
  }
}
