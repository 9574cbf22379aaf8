import KeyreelCore

/// Exact decimals as JSON numbers and header texts.
enum Decimals {
  /// The amount without zeros at its end: `8`, `0.0333`.
  static func shortest(_ amount: Money) -> String {
    var text = amount.decimal
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// The exact amount of a number or a numeric text; what is below a billionth is rounded away.
  static func money(_ value: JSONValue) -> Money? {
    switch value {
    case .integer(let integer): Money(decimal: String(integer))
    case .number(let literal): Money(decimal: literal) ?? value.doubleValue.flatMap(rounded)
    case .string(let text): Money(decimal: text)
    default: nil
    }
  }

  /// Numbers with an exponent or more than nine places, as floating-point sums make them.
  private static func rounded(_ number: Double) -> Money? {
    Int64(exactly: (number * 1e9).rounded()).map(Money.init(nanos:))
  }
}
