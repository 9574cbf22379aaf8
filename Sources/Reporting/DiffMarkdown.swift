public import KeyreelCore

/// The way from one plan to another as Markdown, for comments on changes.
public struct DiffMarkdown: Sendable {
  /// Comments on GitHub have at most 65,536 characters; something is left for a frame around it.
  public static let limit = 60_000

  private let diff: PlanDiff
  private let marker: String?

  /// The Markdown of `diff`; with a `marker`, a comment that can be found again and that folds what
  /// did not change.
  public init(_ diff: PlanDiff, marker: String? = nil) {
    self.diff = diff
    self.marker = marker
  }

  private var words: DiffWords { DiffWords(diff: diff) }

  /// The text, at most ``limit`` bytes, with a line end at the end.
  public var text: String {
    var markdown = MarkdownText(limit: Self.limit)
    if let marker { markdown.line(Self.comment(marker)) }
    let names = "\(MarkdownText.code(diff.old.name)) → \(MarkdownText.code(diff.new.name))"
    markdown.line("### Keyreel: \(names)")
    markdown.line()
    markdown.line(diff.isEmpty ? "The plans are the same: \(words.counts)." : "\(words.counts).")
    markdown.line()
    for line in summary { markdown.line(line) }
    let changes = diff.changes.map { "- \(change($0))" }
    add(changes, "change", to: &markdown)
    for film in diff.films where film.status != .unchanged { add(film, to: &markdown) }
    addUnchanged(to: &markdown)
    return markdown.text
  }

  /// What is found again in a page of comments; `--` would end it.
  static func comment(_ marker: String) -> String {
    "<!-- keyreel \(marker.replacing("--", with: "- -").replacing(">", with: "")) -->"
  }

  private var summary: [String] {
    let (old, new) = (diff.old, diff.new)
    let prices = words.prices
    let currency = new.currency
    func money(_ amount: Money) -> String { Amounts.money(amount, currency) }
    var lines = [
      "| | before | after | change |", "|---|--:|--:|--:|",
      "| frames | \(old.frames) | \(new.frames) | \(DiffWords.change(from: old.frames, to: new.frames)) |",
      "| length | \(DiffWords.seconds(old.length)) | \(DiffWords.seconds(new.length)) | "
        + "\(DiffWords.change(from: old.length, to: new.length)) |",
      "| \(prices.isList ? "list price" : "cost on \(MarkdownText.code(new.backend))") | "
        + "\(money(prices.old.expected)) | \(money(prices.new.expected)) | "
        + "**\(DiffWords.change(from: prices.old.expected, to: prices.new.expected, currency))** |",
      "| at most | \(money(prices.old.worst)) | \(money(prices.new.worst)) | "
        + "\(DiffWords.change(from: prices.old.worst, to: prices.new.worst, currency)) |",
    ]
    if new.isPriced {
      lines.append(
        "| still to pay | | \(money(new.unpaid.expected)) | at most \(money(new.unpaid.worst)) |")
    }
    return lines + [""]
  }

  private func add(_ film: PlanDiff.Film, to markdown: inout MarkdownText) {
    let mark = film.status == .changed ? "" : " (\(film.status.rawValue))"
    markdown.line("#### \(MarkdownText.code(film.name))\(mark)")
    markdown.line()
    let sequences = film.sequences.compactMap { sequence in
      DiffWords.phrase(sequence).flatMap {
        $0 == "changed" ? nil : "- sequence \(MarkdownText.code(sequence.name)): \(Self.plain($0))"
      }
    }
    add(sequences + film.changes.map { "- \(change($0))" }, "change", to: &markdown)
    let rows = film.segments.filter { $0.status != .unchanged || $0.oldID != nil }.map(row)
    guard !rows.isEmpty else { return }
    markdown.line("| | segment | frames | cost | what |")
    markdown.line("|---|---|--:|--:|---|")
    let omitted = markdown.rows(rows, reserve: Self.reserve)
    markdown.line()
    if omitted > 0 { markdown.line("… and \(omitted) more segments.\n") }
  }

  /// Kept free for what follows a list that is cut.
  private static let reserve = 12_000

  private func add(_ items: [String], _ noun: String, to markdown: inout MarkdownText) {
    guard !items.isEmpty else { return }
    let omitted = markdown.rows(items, reserve: Self.reserve * 2)
    if omitted > 0 { markdown.line("- … and \(Amounts.count(omitted, noun)) more") }
    markdown.line()
  }

  private func row(_ segment: PlanDiff.Segment) -> String {
    let whats =
      (segment.oldID.map { ["was \(MarkdownText.code($0))"] } ?? [])
      + segment.changes.map(change)
      + (segment.isReused && segment.new != nil ? ["in the store"] : [])
    let mark =
      switch segment.status {
      case .added: "➕ added"
      case .removed: "➖ removed"
      case .changed: "✏️ changed"
      case .unchanged: "same clip"
      }
    return "| \(mark) | \(MarkdownText.code(segment.id)) | \(words.frames(segment)) | "
      + "\(words.cost(segment)) | \(whats.joined(separator: "<br>")) |"
  }

  private func change(_ change: PlanDiff.Change) -> String {
    let values = DiffWords.values(change, length: 60)
    return "\(MarkdownText.code(DiffWords.name(of: change.field))): "
      + "\(MarkdownText.code(values.old)) → \(MarkdownText.code(values.new))"
  }

  private static func plain(_ text: String) -> String { MarkdownText.code(text) }

  private func addUnchanged(to markdown: inout MarkdownText) {
    let names = diff.segments.filter { $0.status == .unchanged && $0.oldID == nil }.map(\.id)
    guard marker != nil, !names.isEmpty else { return }
    markdown.line("<details><summary>\(Amounts.count(names.count, "segment")) unchanged</summary>")
    markdown.line()
    let omitted = markdown.rows(names.map { "- \(MarkdownText.code($0))" }, reserve: 200)
    if omitted > 0 { markdown.line("- … and \(omitted) more") }
    markdown.line()
    markdown.line("</details>")
  }
}
