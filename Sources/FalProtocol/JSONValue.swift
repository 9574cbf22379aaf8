public import KeyreelCore

/// A JSON tree that keeps the order of keys and the digits of numbers.
///
/// Two trees are equal when they have the same keys in the same order and the same number texts.
public enum JSONValue: Hashable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number without fraction and exponent that fits 64 bits.
  case integer(Int)
  /// Any other number, as its JSON text: `0.80`, `1e3`, a number of fifty digits.
  case number(String)
  /// Text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Named members in the order in which they were written.
  case object(JSONObject)

  /// Writes the value.
  public func write(to text: inout JSONText) {
    switch self {
    case .null: text.null()
    case .bool(let flag): text.value(flag)
    case .integer(let integer): text.value(integer)
    case .number(let literal): text.value(literal: literal)
    case .string(let string): text.value(string)
    case .array(let values):
      text.array { text in for value in values { value.write(to: &text) } }
    case .object(let object): object.write(to: &text)
    }
  }

  /// The value as JSON without white space.
  public var bytes: [UInt8] {
    var text = JSONText()
    write(to: &text)
    return text.bytes
  }

  /// The value as JSON without white space.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONValue {
  /// The text, if it is one.
  public var stringValue: String? { if case .string(let string) = self { string } else { nil } }

  /// The flag, if it is one.
  public var boolValue: Bool? { if case .bool(let flag) = self { flag } else { nil } }

  /// The list, if it is one.
  public var arrayValue: [JSONValue]? { if case .array(let list) = self { list } else { nil } }

  /// The object, if it is one.
  public var objectValue: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The whole number, also when it is written as `30.0` or `3e1`; `nil` when it does not fit.
  public var intValue: Int? {
    switch self {
    case .integer(let integer): integer
    case .number(let literal): Double(literal).flatMap(Int.init(exactly:))
    default: nil
    }
  }

  /// The nearest finite number, if it is a number.
  public var doubleValue: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let literal): Double(literal).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  /// Whether it is `null`.
  public var isNull: Bool { self == .null }

  /// The member `key` of an object; `nil` when it is absent or this is no object.
  public subscript(key: String) -> JSONValue? { objectValue?[key] }

  /// The 0-based element of a list; `nil` when it is absent or this is no list.
  public subscript(index: Int) -> JSONValue? {
    guard let list = arrayValue, list.indices.contains(index) else { return nil }
    return list[index]
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral, ExpressibleByStringInterpolation
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A flag.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object with its members in the written order; the last of several equal keys counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
  /// `null`.
  public init(nilLiteral: ()) { self = .null }

  /// A finite number in its shortest form; `null` for anything else.
  public init(_ number: Double) {
    if let whole = Int(exactly: number) {
      self = .integer(whole)
    } else {
      self = number.isFinite ? .number(number.description) : .null
    }
  }

  /// A scalar of a request.
  public init(_ value: ParameterValue) {
    switch value {
    case .string(let string): self = .string(string)
    case .integer(let integer): self = .integer(integer)
    case .number(let number): self.init(number)
    case .boolean(let flag): self = .bool(flag)
    }
  }

  /// An exact amount as a number: `0.0333`.
  public init(_ amount: Money) { self = .number(Decimals.shortest(amount)) }
}

extension JSONValue: CustomStringConvertible, CustomDebugStringConvertible {
  /// The value as JSON without white space.
  public var description: String { text }

  /// The value as JSON without white space.
  public var debugDescription: String { text }
}
