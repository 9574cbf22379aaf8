public import KeyreelCore

/// Money of one group of clips: a pipeline, a model, an origin or a day.
public struct CostRow: Hashable, Sendable {
  /// What the clips have in common.
  public var name: String
  /// ISO 4217 code of the amounts.
  public var currency: String
  /// Clips that are in the store.
  public var clips = 0
  /// What they cost: bills, or what was expected where nobody tells.
  public var spent = PriceRange.free
  /// What is bought and on its way.
  public var reserved = PriceRange.free
  /// What may have been billed without anybody knowing.
  public var unknown = PriceRange.free
  /// What was not spent because takes share clips.
  public var saved = PriceRange.free

  /// No clips yet.
  public init(name: String, currency: String) {
    self.name = name
    self.currency = currency
  }
}

/// A bill of the provider beside what is noted here.
public struct BillRow: Hashable, Sendable {
  /// The request's id.
  public var request: String
  /// What the clip is, for people.
  public var name: String
  /// What is noted here; `nil` where no bill was told.
  public var noted: Money?
  /// What the provider says; `nil` where it has no bill (yet).
  public var billed: Money?
  /// ISO 4217 code of the amounts.
  public var currency: String

  /// A request with both amounts.
  public init(request: String, name: String, noted: Money?, billed: Money?, currency: String) {
    self.request = request
    self.name = name
    self.noted = noted
    self.billed = billed
    self.currency = currency
  }

  /// Whether the two say different things.
  public var differs: Bool { billed != nil && billed != noted }
}

/// What `keyreel costs` tells, for people, for programs and for spreadsheets.
public struct CostReport: Sendable {
  private let title: String
  private let rows: [CostRow]
  private let bills: [BillRow]?
  private let style: TextStyle

  /// A report of `rows`, grouped by `title`; with `bills` where the provider was asked.
  public init(
    by title: String, _ rows: [CostRow], bills: [BillRow]? = nil, style: TextStyle = .plain
  ) {
    self.title = title
    self.rows = rows
    self.bills = bills
    self.style = style
  }

  /// The sums of all rows, currency by currency.
  private var sums: [CostRow] {
    var sums: [CostRow] = []
    for row in rows {
      let index = sums.firstIndex { $0.currency == row.currency } ?? sums.count
      if index == sums.count { sums.append(CostRow(name: "all", currency: row.currency)) }
      sums[index].clips += row.clips
      sums[index].spent = sums[index].spent + row.spent
      sums[index].reserved = sums[index].reserved + row.reserved
      sums[index].unknown = sums[index].unknown + row.unknown
      sums[index].saved = sums[index].saved + row.saved
    }
    return sums
  }

  /// A table with a sum, with a line end at the end.
  public var text: String {
    guard !rows.isEmpty else { return "nothing was bought with this store\n" }
    var table = Table(columns: [
      .init(title.uppercased()), .init("CLIPS", .right), .init("SPENT", .right),
      .init("RESERVED", .right), .init("UNKNOWN", .right), .init("SAVED", .right),
    ])
    for row in rows + (rows.count > 1 ? sums : []) {
      table.add([
        row.name, "\(row.clips)", Amounts.money(row.spent.expected, row.currency),
        Amounts.money(row.reserved.worst, row.currency),
        Amounts.money(row.unknown.worst, row.currency),
        Amounts.money(row.saved.expected, row.currency),
      ])
    }
    let lines = table.lines(style: style) { row, column, text in
      if column == 0 { return style.paint(text, .bold) }
      return column == 4 && Self.isMoney(row[4]) ? style.paint(text, .yellow) : text
    }
    return (lines + billLines).joined(separator: "\n") + "\n"
  }

  private static func isMoney(_ text: String) -> Bool {
    text.contains { $0.isNumber && $0 != "0" }
  }

  private var billLines: [String] {
    guard let bills else { return [] }
    let differing = bills.filter(\.differs)
    let missing = bills.count { $0.billed == nil }
    var lines = [
      "",
      "provider: \(Amounts.count(bills.count - missing, "bill")), \(missing) not billed (yet), "
        + "\(differing.count) different",
    ]
    for bill in differing {
      let noted = bill.noted.map { Amounts.money($0, bill.currency) } ?? "nothing"
      let billed = bill.billed.map { Amounts.money($0, bill.currency) } ?? "nothing"
      lines.append("  \(bill.request) \(bill.name): noted \(noted), billed \(billed)")
    }
    return lines
  }

  /// Comma-separated values with a head line; `RFC 4180`.
  public var csv: String {
    var lines = [
      "\(title),currency,clips,spent,reserved_at_most,unknown_at_most,saved"
    ]
    for row in rows {
      lines.append(
        [
          Self.quoted(row.name), row.currency, "\(row.clips)", row.spent.expected.decimal,
          row.reserved.worst.decimal, row.unknown.worst.decimal, row.saved.expected.decimal,
        ].joined(separator: ","))
    }
    return lines.map { $0 + "\r\n" }.joined()
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { "\",\r\n".contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  /// The same for programs, with a line end at the end.
  public var json: String {
    var text = JSONText(indentedWithCapacity: 512 + rows.count * 512)
    text.object { text in
      text.member("format_version", 1)
      text.member("by", title)
      text.key("groups")
      text.array { text in for row in rows { text.object { Self.write(row, to: &$0) } } }
      text.key("sums")
      text.array { text in for row in sums { text.object { Self.write(row, to: &$0) } } }
      if let bills {
        text.key("bills")
        text.array { text in for bill in bills { text.object { Self.write(bill, to: &$0) } } }
      }
    }
    text.endLine()
    return text.string
  }

  private static func write(_ row: CostRow, to text: inout JSONText) {
    text.member("name", row.name)
    text.member("currency", row.currency)
    text.member("clips", row.clips)
    for (name, price) in [
      ("spent", row.spent), ("reserved", row.reserved), ("unknown", row.unknown),
      ("saved", row.saved),
    ] {
      text.key(name)
      text.object { $0.members(price) }
    }
  }

  private static func write(_ bill: BillRow, to text: inout JSONText) {
    text.member("request", bill.request)
    text.member("name", bill.name)
    text.member("currency", bill.currency)
    for (name, amount) in [("noted", bill.noted), ("billed", bill.billed)] {
      text.key(name)
      if let amount { text.value(amount.decimal) } else { text.null() }
    }
  }
}
