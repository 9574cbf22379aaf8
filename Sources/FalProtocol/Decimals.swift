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
}
