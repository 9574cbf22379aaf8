public import KeyreelCore

/// What became of one model's profile when its provider was asked.
public struct RefreshRow: Sendable {
  /// What was done.
  public enum Outcome: Sendable {
    /// The profile was, or would be, written.
    case written(file: String)
    /// There was nothing to write.
    case current
    /// Nothing was written, because of this.
    case failed(OperationError)
  }

  /// The endpoint's id.
  public var model: String
  /// What was done.
  public var outcome: Outcome
  /// What the provider says otherwise.
  public var changes: [ProfileChange]
  /// Whether requests become others, so that clips made so far are not used again.
  public var changesRequests: Bool
  /// The price as it is now.
  public var price: ModelProfile.PriceRule?

  /// What became of `model`.
  public init(
    model: String, outcome: Outcome, changes: [ProfileChange] = [], changesRequests: Bool = false,
    price: ModelProfile.PriceRule? = nil
  ) {
    self.model = model
    self.outcome = outcome
    self.changes = changes
    self.changesRequests = changesRequests
    self.price = price
  }
}

/// What a refresh of profiles has found and done, for people or programs.
public struct RefreshReport: Sendable {
  private let rows: [RefreshRow]
  private let isDryRun: Bool
  private let style: TextStyle

  /// A report of `rows`; `isDryRun` when nothing was written.
  public init(_ rows: [RefreshRow], isDryRun: Bool, style: TextStyle = .plain) {
    self.rows = rows
    self.isDryRun = isDryRun
    self.style = style
  }

  /// A few lines for each model that was answered for, with a line end at the end.
  public var text: String {
    var lines: [String] = []
    for row in rows {
      if case .failed = row.outcome { continue }
      lines.append(style.paint(row.model, .bold))
      lines += row.changes.map { "  " + DisplayWidth.harmless(Self.phrase($0, row.price)) }
      if row.changes.isEmpty, let price = row.price {
        lines.append(
          "  unchanged; \(Self.price(price.amount?.decimal, price)), as of \(price.asOf)")
      }
      if row.changesRequests {
        lines.append(
          "  note: requests change, so clips are made anew unless their settings are written out or "
            + "their segments locked")
      }
      if case .written(let file) = row.outcome {
        lines.append("  \(isDryRun ? "would write" : "wrote") \(file)")
      }
    }
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }

  private static func price(_ amount: String?, _ rule: ModelProfile.PriceRule) -> String {
    guard let amount else { return "not known" }
    let money = rule.currency == "USD" ? "$\(amount)" : "\(amount) \(rule.currency)"
    return "\(money) a \(rule.unit.rawValue)"
  }

  private static func phrase(_ change: ProfileChange, _ rule: ModelProfile.PriceRule?) -> String {
    switch (change.subject, change.fact) {
    case ("price", "amount"):
      guard let rule else { return "price" }
      let before = change.before.flatMap { Money(decimal: $0) }
      let after = change.after.flatMap { Money(decimal: $0) }
      let direction =
        switch (before, after) {
        case (let before?, let after?) where after > before: " (higher)"
        case (.some, .some): " (lower: budgets hold less back)"
        default: ""
        }
      return "price \(price(change.before, rule)) → \(price(change.after, rule))\(direction)"
    case (let name, "new"): return "\(name): new, \(change.after ?? "")"
    case (let name, "removed"): return "\(name): removed"
    case (let name, "left out"):
      return change.after.map {
        "\(name): `\($0)` is new and left out, because nobody knows its picture size or price"
      } ?? "\(name): new and left out, because it is no single value"
    case (let name, "options"):
      if let added = change.after { return "\(name): also \(added)" }
      return "\(name): no longer \(change.before ?? "")"
    case (let name, let fact):
      return "\(name): \(fact) \(change.before ?? "none") → \(change.after ?? "none")"
    }
  }

  /// All models as indented JSON, `schemas/refresh.schema.json`, with a line end at the end.
  public var json: String {
    var text = JSONText(indentedWithCapacity: 2048)
    text.object { text in
      text.member("version", 1)
      text.key("dry_run")
      text.value(isDryRun)
      text.key("models")
      text.array { text in for row in rows { text.object { Self.write(row, to: &$0) } } }
    }
    text.endLine()
    return text.string
  }

  private static func write(_ row: RefreshRow, to text: inout JSONText) {
    text.member("model", row.model)
    switch row.outcome {
    case .written(let file):
      text.member("state", "changed")
      text.member("file", file)
    case .current: text.member("state", "current")
    case .failed(let error):
      text.member("state", "failed")
      text.key("error")
      text.object { text in
        text.member("code", error.code.description)
        text.member("message", error.message)
        text.key("remedy")
        if let remedy = error.remedy { text.value(remedy) } else { text.null() }
      }
      return
    }
    if let price = row.price {
      text.key("price")
      text.object { write(price, to: &$0) }
    }
    text.key("requests_change")
    text.value(row.changesRequests)
    text.key("changes")
    text.array { text in
      for change in row.changes { text.object { write(change, to: &$0) } }
    }
  }

  private static func write(_ price: ModelProfile.PriceRule, to text: inout JSONText) {
    text.key("amount")
    if let amount = price.amount { text.value(amount.decimal) } else { text.null() }
    text.member("unit", price.unit.rawValue)
    text.member("currency", price.currency)
    text.member("as_of", price.asOf)
    text.member("source", price.source)
  }

  private static func write(_ change: ProfileChange, to text: inout JSONText) {
    text.member("subject", change.subject)
    text.member("fact", change.fact)
    for (name, value) in [("before", change.before), ("after", change.after)] {
      text.key(name)
      if let value { text.value(value) } else { text.null() }
    }
  }
}
