import KeyreelCore

/// A report as Markdown, for job summaries and comments, never longer than its limit.
public struct ReportMarkdown: Sendable {
  /// Bytes that a comment or summary has room for everywhere.
  public static let defaultLimit = 64 << 10

  /// UTF-8 text with a line end at the end.
  public let text: String

  /// The Markdown of `document`, of at most `limit` bytes.
  ///
  /// What a reader has to act on comes first. Rows that find no room are counted instead.
  public init(_ document: ReportDocument, limit: Int = defaultLimit) {
    var text = Self.opening(document)
    let footer = "\nKeyreel \(document.tool), `\(document.pipelineDigest.hex.prefix(12))`\n"
    let room = limit - footer.utf8.count
    text = Self.cut(text, to: room)
    for film in document.films { Self.add(film, of: document, to: &text, room: room) }
    self.text = text + footer
  }

  private static func opening(_ document: ReportDocument) -> String {
    let money = document.money
    func amount(_ amount: ReportDocument.Amount) -> String {
      let expected = Amounts.money(amount.expected, document.currency)
      return amount.expected == amount.upperBound
        ? expected : "\(expected) – \(Amounts.money(amount.upperBound, document.currency))"
    }
    var lines = ["## \(line(document.pipeline))", "", status(document), ""]
    lines += ["| Planned | Still to pay | Spent | Reserved | Saved | Unknown |"]
    lines += ["| ---: | ---: | ---: | ---: | ---: | ---: |"]
    lines += [
      "| "
        + [
          money.planned, money.toPay, money.spent, money.reserved, money.saved, money.unknown,
        ].map(amount).joined(separator: " | ") + " |", "",
    ]
    if document.maker == .animatic {
      lines += ["Free previews; the same at list price: \(amount(money.listPrice)).", ""]
    }
    for warning in document.warnings {
      let place = warning.place.map { " (`\(code($0))`)" } ?? ""
      lines.append("- ⚠️ \(line(warning.message))\(place)")
    }
    if !document.warnings.isEmpty { lines.append("") }
    return lines.joined(separator: "\n")
  }

  private static func status(_ document: ReportDocument) -> String {
    let takes = document.films.flatMap(\.segments).flatMap(\.takes)
    let counts = Dictionary(grouping: takes, by: \.state).mapValues(\.count)
    let order: [ReportDocument.State] = [
      .failed, .unknown, .skipped, .toMake, .reserved, .made, .reused, .shared,
    ]
    let parts = order.compactMap { state in
      counts[state].map { "\($0) \(StateMark(state).words)" }
    }
    return "\(Amounts.count(takes.count, "clip")) by `\(code(document.backend))`"
      + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
  }

  /// Rows in film order; those that failed first, because a cut must not hide them.
  private static func add(
    _ film: ReportDocument.Film, of document: ReportDocument, to text: inout String, room: Int
  ) {
    let head =
      "\n### \(line(film.name)) · \(film.duration), \(Amounts.count(film.frames, "frame"))\n\n"
      + "| At | Segment | Prompt | Seed | Price | State |\n| ---: | :--- | :--- | ---: | ---: | :--- |\n"
    let urgent: Set<ReportDocument.State> = [.failed, .unknown]
    func isUrgent(_ segment: ReportDocument.Segment) -> Bool {
      segment.takes.contains { urgent.contains($0.state) }
    }
    let segments = film.segments.filter(isUrgent) + film.segments.filter { !isUrgent($0) }
    var rows = head
    var size = text.utf8.count
    var told = 0
    // Room for the sentence that says what is missing.
    let room = room - 80
    guard size + head.utf8.count <= room else {
      if size + 60 <= room + 80 {
        text += "\n\(Amounts.count(film.segments.count, "row")) left out.\n"
      }
      return
    }
    size += head.utf8.count
    for segment in segments {
      let row = row(segment, document)
      guard size + row.utf8.count <= room else { break }
      rows += row
      size += row.utf8.count
      told += 1
    }
    if told < segments.count {
      rows += "\n\(segments.count - told) more rows: see the HTML or JSON report.\n"
    }
    text += rows
  }

  private static func row(
    _ segment: ReportDocument.Segment, _ document: ReportDocument
  ) -> String {
    guard let take = segment.chosen else { return "" }
    let price = Amounts.money((take.cost ?? take.price).expected, document.currency)
    let state = StateMark(take.state).words + (take.failure.map { ": \($0.message)" } ?? "")
    let seed = (take.clip?.seed ?? take.seed).map { "\($0)" } ?? ""
    let number = segment.takes.count > 1 ? " take \(take.number)/\(segment.takes.count)" : ""
    return "| \(segment.time) | \(line(segment.id))\(number) | \(line(segment.prompt ?? "", 48)) "
      + "| \(seed) | \(price) | \(line(state, 200)) |\n"
  }

  // MARK: Text

  /// One line in which nothing is markup, cut to `limit` characters.
  private static func line(_ text: String, _ limit: Int = 400) -> String {
    let plain = DisplayWidth.harmless(
      text.split(whereSeparator: \.isNewline).joined(separator: " "))
    let cut = plain.count > limit ? plain.prefix(limit - 1) + "…" : plain[...]
    var result = ""
    for character in cut {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      // Mentions and references of a prompt must not call anybody.
      case "@": result += "@\u{200B}"
      case "#": result += "#\u{200B}"
      case "\\", "`", "*", "_", "[", "]", "(", ")", "|", "~", "!", "$": result += "\\\(character)"
      default: result.append(character)
      }
    }
    // Addresses would become links by themselves.
    return result.replacing("://", with: ":\u{200B}//").replacing("www.", with: "www\u{200B}.")
  }

  /// Text between backticks.
  private static func code(_ text: String) -> String {
    DisplayWidth.harmless(text).replacing("`", with: "'").replacing("|", with: "\\|")
  }

  /// Whole lines of `text`, of at most `limit` bytes.
  private static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var lines: [Substring] = []
    var size = 24
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard size + line.utf8.count < limit else { break }
      lines.append(line)
      size += line.utf8.count + 1
    }
    return lines.joined(separator: "\n") + "\n- and more\n"
  }
}
