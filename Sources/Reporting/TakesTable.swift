public import KeyreelCore

/// One take as `keyreel takes` lists it.
public struct TakeRow: Hashable, Sendable {
  /// 1-based number.
  public var number: Int
  /// Its seed, where the model has one.
  public var seed: Int?
  /// The clip's name in the store.
  public var key: RecipeKey
  /// What it is expected to cost.
  public var price: Money
  /// Whether it is in the film.
  public var isChosen: Bool
  /// Whether its clip is in the store.
  public var isMade: Bool

  /// A take.
  public init(
    number: Int, seed: Int?, key: RecipeKey, price: Money, isChosen: Bool, isMade: Bool
  ) {
    self.number = number
    self.seed = seed
    self.key = key
    self.price = price
    self.isChosen = isChosen
    self.isMade = isMade
  }
}

/// The takes of a segment as a table for people, in the order of the contact sheet's rows.
public struct TakesTable: Sendable {
  private let rows: [TakeRow]
  private let currency: String
  private let style: TextStyle

  /// A table of `rows`.
  public init(_ rows: [TakeRow], currency: String, style: TextStyle = .plain) {
    self.rows = rows
    self.currency = currency
    self.style = style
  }

  /// One line for each take, with a line end at the end.
  public var text: String {
    var table = Table(columns: [
      .init("TAKE", .right), .init("SEED", .right), .init("COST", .right), .init("CLIP"),
      .init("STATE"),
    ])
    for row in rows {
      table.add([
        "\(row.number)", row.seed.map { "\($0)" } ?? "", Amounts.money(row.price, currency),
        String(row.key.description.prefix(12)),
        (row.isMade ? "made" : "not made") + (row.isChosen ? ", in the film" : ""),
      ])
    }
    let lines = table.lines(style: style) { row, column, text in
      column == 4 && row[4].hasSuffix("in the film") ? style.paint(text, .bold) : text
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
