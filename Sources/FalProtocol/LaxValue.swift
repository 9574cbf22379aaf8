import KeyreelCore

/// What Pydantic's lax mode makes of a JSON value.
enum LaxValue {
  /// What came of a conversion.
  enum Outcome<Value> {
    /// It worked.
    case value(Value)
    /// A whole number that does not fit 64 bits.
    case beyond(isNegative: Bool)
    /// Of a type that may be converted, but not this one.
    case unreadable
    /// A number with a fraction where a whole one is wanted.
    case fractional
    /// Infinity, or not a number.
    case notFinite
    /// Of a type that is never converted.
    case otherType
  }

  /// True and false, 0 and 1, and their words.
  static func boolean(_ input: JSONValue) -> Outcome<Bool> {
    switch input {
    case .bool(let flag): return .value(flag)
    case .integer(0): return .value(false)
    case .integer(1): return .value(true)
    case .integer: return .unreadable
    case .number(let literal):
      guard !isWholeLiteral(literal), let number = Double(literal) else {
        return literal == "-0" ? .value(false) : .otherType
      }
      guard number.isFinite, number == number.rounded() else { return .otherType }
      return number == 0 ? .value(false) : number == 1 ? .value(true) : .unreadable
    case .string(let text):
      switch text.lowercased() {
      case "0", "off", "f", "false", "n", "no": return .value(false)
      case "1", "on", "t", "true", "y", "yes": return .value(true)
      default: return .unreadable
      }
    case .null, .array, .object: return .otherType
    }
  }

  /// Whole numbers, numbers without a fraction, flags, and texts of whole numbers.
  static func integer(_ input: JSONValue) -> Outcome<Int> {
    switch input {
    case .integer(let integer): return .value(integer)
    case .bool(let flag): return .value(flag ? 1 : 0)
    case .number(let literal):
      if isWholeLiteral(literal) {
        return literal == "-0" ? .value(0) : .beyond(isNegative: literal.hasPrefix("-"))
      }
      guard let number = Double(literal), number.isFinite else { return .notFinite }
      guard number == number.rounded() else { return .fractional }
      return Int(exactly: number).map { .value($0) } ?? .beyond(isNegative: number < 0)
    case .string(let text): return WholeNumberText.read(text)
    case .null, .array, .object: return .otherType
    }
  }

  /// Numbers, flags, and texts of numbers.
  static func number(_ input: JSONValue) -> Outcome<Double> {
    switch input {
    case .integer(let integer): return .value(Double(integer))
    case .bool(let flag): return .value(flag ? 1 : 0)
    case .number(let literal):
      guard let number = Double(literal), number.isFinite else { return .notFinite }
      return .value(number)
    case .string(let text):
      guard let number = NumberText.read(text) else { return .unreadable }
      return number.isFinite ? .value(number) : .notFinite
    case .null, .array, .object: return .otherType
    }
  }

  /// Whether the input is this very option; numbers are compared by value.
  static func isEqual(_ input: JSONValue, to option: ParameterValue) -> Bool {
    switch option {
    case .string(let text): input == .string(text)
    case .boolean(let flag): input == .bool(flag)
    case .integer(let integer): input.intValue == integer
    case .number(let number): input.doubleValue == number
    }
  }

  private static func isWholeLiteral(_ literal: String) -> Bool {
    literal.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: "-") }
  }
}
