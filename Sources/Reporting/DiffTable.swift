public import KeyreelCore

/// The way from one plan to another as a table for people.
public struct DiffTable: Sendable {
  private let diff: PlanDiff
  private let style: TextStyle

  /// The table of `diff` in lines that fit `style`.
  public init(_ diff: PlanDiff, style: TextStyle = .plain) {
    self.diff = diff
    self.style = style
  }

  private var words: DiffWords { DiffWords(diff: diff) }

  /// The table, with a line end at the end.
  public var text: String {
    var lines = ["\(diff.old.name) → \(diff.new.name)".harmless]
    lines += diff.changes.map { "  ~ " + change($0) }
    for film in diff.films { lines += self.lines(film) }
    lines.append("")
    lines += diff.isEmpty ? ["the plans are the same"] : []
    lines += footer
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(_ film: PlanDiff.Film) -> [String] {
    guard film.status != .unchanged else { return [] }
    let mark = film.status == .changed ? "" : " (\(film.status.rawValue))"
    var lines = ["", style.paint(film.name.harmless + mark, .bold)]
    for sequence in film.sequences {
      guard let phrase = DiffWords.phrase(sequence),
        sequence.status != .changed || phrase != "changed"
      else { continue }
      lines.append("  sequence \(sequence.name): \(phrase)".harmless)
    }
    lines += film.changes.map { "  ~ " + change($0) }
    return lines + rows(film)
  }

  private func rows(_ film: PlanDiff.Film) -> [String] {
    var table = Table(columns: [
      .init(" "), .init("SEGMENT"), .init("FRAMES", .right), .init("COST", .right), .init("WHAT"),
    ])
    for segment in film.segments where segment.status != .unchanged || segment.oldID != nil {
      let renamed = segment.oldID.map { ["was \($0)"] } ?? []
      let reused = segment.isReused && segment.new != nil ? ["in the store"] : []
      let whats = renamed + segment.changes.map { change($0) } + reused
      table.add([
        mark(segment.status), segment.id, words.frames(segment), words.cost(segment),
        whats.first ?? segment.status.rawValue,
      ])
      for what in whats.dropFirst() { table.add(["", "", "", "", what]) }
    }
    guard !table.rows.isEmpty else { return [] }
    return table.lines(style: style) { row, column, text in
      guard column == 0 else { return text }
      return switch row[0] {
      case "+": style.paint(text, .green)
      case "-": style.paint(text, .red)
      case "~": style.paint(text, .yellow)
      default: text
      }
    }
  }

  private func mark(_ status: PlanDiff.Status) -> String {
    switch status {
    case .added: "+"
    case .removed: "-"
    case .changed: "~"
    case .unchanged: "="
    }
  }

  private func change(_ change: PlanDiff.Change) -> String {
    let values = DiffWords.values(change, length: 48)
    return "\(DiffWords.name(of: change.field)): \(values.old) → \(values.new)".harmless
  }

  private var footer: [String] {
    let (old, new) = (diff.old, diff.new)
    let prices = words.prices
    let currency = new.currency
    return [
      words.counts,
      "frames: \(old.frames) → \(new.frames) (\(DiffWords.change(from: old.frames, to: new.frames)))",
      "length: \(DiffWords.seconds(old.length)) → \(DiffWords.seconds(new.length)) "
        + "(\(DiffWords.change(from: old.length, to: new.length)))",
      (prices.isList ? "at list prices: " : "cost on \(new.backend): ")
        + "\(Amounts.money(prices.old.expected, currency)) → "
        + "\(Amounts.money(prices.new.expected, currency)) "
        + "(\(DiffWords.change(from: prices.old.expected, to: prices.new.expected, currency))), "
        + "at most \(Amounts.money(prices.new.worst, currency))",
    ] + (new.isPriced ? ["still to pay: \(Amounts.range(new.unpaid, currency))"] : [])
  }
}

extension String {
  /// Without anything that a terminal would obey.
  fileprivate var harmless: String { DisplayWidth.harmless(self) }
}
