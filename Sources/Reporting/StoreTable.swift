public import KeyreelCore

/// The clips of a store as a table for people.
public struct StoreTable: Sendable {
  private let receipts: [Receipt]
  private let currencies: [String: String]
  private let style: TextStyle

  /// A table of `receipts` in the given order.
  ///
  /// `currencies` has the ISO 4217 code of each model's prices; where it has none, none is told.
  public init(
    _ receipts: [Receipt], currencies: [String: String] = [:], style: TextStyle = .plain
  ) {
    self.receipts = receipts
    self.currencies = currencies
    self.style = style
  }

  /// One line for each clip and a sum, with a line end at the end.
  public var text: String {
    guard !receipts.isEmpty else { return "the store is empty\n" }
    var table = Table(columns: [
      .init("CLIP"), .init("PROMPT"), .init("FRAMES", .right), .init("SIZE"),
      .init("BYTES", .right), .init("COST", .right), .init("FROM"),
    ])
    for receipt in receipts {
      table.add([
        String(receipt.recipe.key.description.prefix(12)),
        receipt.recipe.request["prompt"]?.description ?? "", "\(receipt.inspection.frames)",
        receipt.inspection.size.description, Amounts.bytes(receipt.byteCount),
        cost(of: receipt), receipt.recipe.backend.description,
      ])
    }
    let lines = table.lines(style: style) { _, column, text in
      column == 0 ? style.paint(text, .bold) : text
    }
    let bytes = receipts.reduce(0) { $0 + $1.byteCount }
    return lines.joined(separator: "\n") + "\n"
      + "\(Amounts.count(receipts.count, "clip")), \(Amounts.bytes(bytes))\n"
  }

  private func cost(of receipt: Receipt) -> String {
    let amount = receipt.price.expected
    guard let currency = currencies[receipt.recipe.model] else { return amount.decimal }
    return Amounts.money(amount, currency)
  }
}
