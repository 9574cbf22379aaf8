public import KeyreelCore

/// Amounts as people read them, in the currencies of the models that they are paid for.
public struct PriceTags: Sendable {
  private let currencies: [String: String]

  /// Tags in `currencies`: the ISO 4217 code of each model's prices; where it has none, none is told.
  public init(currencies: [String: String]) { self.currencies = currencies }

  /// `$0.2664`, for a clip of `model`.
  public func text(_ amount: Money, model: String?) -> String {
    text(amount, model.flatMap { currencies[$0] })
  }

  /// The sum of all amounts, currency by currency: `$1.2 and 3 EUR`; `nil` when it is nothing.
  public func sum(_ amounts: [(amount: Money, model: String?)]) -> String? {
    var sums: [String: Money] = [:]
    for (amount, model) in amounts where amount != .zero {
      sums[model.flatMap { currencies[$0] } ?? "", default: .zero] += amount
    }
    guard !sums.isEmpty else { return nil }
    return sums.sorted { $0.key < $1.key }
      .map { text($0.value, $0.key.isEmpty ? nil : $0.key) }.joined(separator: " and ")
  }

  private func text(_ amount: Money, _ currency: String?) -> String {
    currency.map { Amounts.money(amount, $0) } ?? amount.decimal
  }
}
