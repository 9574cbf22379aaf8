public import KeyreelCore

/// The clips of a store as a table for people.
public struct StoreTable: Sendable {
  private let receipts: [Receipt]
  private let prices: PriceTags
  private let style: TextStyle

  /// A table of `receipts` in the given order.
  public init(
    _ receipts: [Receipt], prices: PriceTags = PriceTags(currencies: [:]),
    style: TextStyle = .plain
  ) {
    self.receipts = receipts
    self.prices = prices
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
        prices.text(receipt.price.expected, model: receipt.recipe.model),
        receipt.recipe.backend.description,
      ])
    }
    let lines = table.lines(style: style) { _, column, text in
      column == 0 ? style.paint(text, .bold) : text
    }
    let bytes = receipts.reduce(0) { $0 + $1.byteCount }
    return lines.joined(separator: "\n") + "\n"
      + "\(Amounts.count(receipts.count, "clip")), \(Amounts.bytes(bytes))\n"
  }
}
