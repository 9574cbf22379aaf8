public import KeyreelCore

/// A plan with its forecast as Markdown, for pages, job summaries and comments.
public struct PlanMarkdown: Sendable {
  private let forecast: Forecast
  private let name: String
  private let marker: String?

  /// The Markdown of `forecast` of the pipeline that the user calls `name`; with a `marker`, a comment
  /// that can be found again.
  public init(_ forecast: Forecast, named name: String, marker: String? = nil) {
    self.forecast = forecast
    self.name = name
    self.marker = marker
  }

  private var plan: Plan { forecast.plan }

  /// The text, at most ``DiffMarkdown/limit`` bytes, with a line end at the end.
  public var text: String {
    var markdown = MarkdownText(limit: DiffMarkdown.limit)
    if let marker { markdown.line(DiffMarkdown.comment(marker)) }
    markdown.line("### Keyreel plan of \(MarkdownText.code(name))")
    markdown.line()
    for line in summary { markdown.line(line) }
    markdown.line()
    for (index, film) in plan.films.enumerated() {
      add(film, forecast.steps[index], to: &markdown)
    }
    return markdown.text
  }

  private var summary: [String] {
    let actions = forecast.steps.joined().joined().map(\.action)
    let counts = [
      Amounts.count(plan.films.count, "film"),
      "\(actions.count { $0 == .generate }) to generate",
      "\(actions.count { $0 == .reuse }) in the store",
    ].joined(separator: ", ")
    if plan.backend.isPriced {
      return [
        "\(counts).", "",
        "**\(Amounts.range(forecast.cost.new, plan.currency))** to pay on "
          + "\(MarkdownText.code(plan.backend.description)); all that is planned: "
          + "\(Amounts.range(forecast.cost.planned, plan.currency)). Prices as of \(plan.pricesAsOf).",
      ]
    }
    return [
      "\(counts).", "",
      "Free on \(MarkdownText.code(plan.backend.description)); at list prices "
        + "\(Amounts.range(forecast.listPrice, plan.currency)) (as of \(plan.pricesAsOf)).",
    ]
  }

  private func add(
    _ film: FilmPlan, _ steps: [[Forecast.Step]], to markdown: inout MarkdownText
  ) {
    markdown.line(
      "#### \(MarkdownText.code(film.name)): \(film.frames) frames, "
        + "\(Amounts.timecode(film.frames, at: film.frameRate)), \(film.size) at \(film.frameRate)")
    markdown.line()
    let rows = zip(film.segments, steps).flatMap { segment, steps in
      zip(segment.takes, steps).map { row(segment, $0, $1) }
    }
    guard !rows.isEmpty else { return }
    markdown.line("| segment | frames | cost | | why |")
    markdown.line("|---|--:|--:|---|---|")
    let omitted = markdown.rows(rows, reserve: 4_000)
    markdown.line()
    if omitted > 0 { markdown.line("… and \(omitted) more rows.\n") }
  }

  private func row(_ segment: Segment, _ take: Take, _ step: Forecast.Step) -> String {
    let name = segment.takes.count == 1 ? segment.id : "\(segment.id) take \(take.number)"
    let cost = Amounts.money(
      plan.backend.isPriced ? take.price.expected : take.listPrice.expected, plan.currency)
    return "| \(MarkdownText.code(name)) | \(segment.frames) | \(cost) | \(step.action.rawValue) | "
      + "\(MarkdownText.code(step.reason)) |"
  }
}
