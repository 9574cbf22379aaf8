public import KeyreelCore

/// A plan with its forecast as a table for people.
public struct PlanTable: Sendable {
  private let forecast: Forecast
  private let style: TextStyle

  /// The table of `forecast` in lines that fit `style`.
  public init(_ forecast: Forecast, style: TextStyle = .plain) {
    self.forecast = forecast
    self.style = style
  }

  private var plan: Plan { forecast.plan }

  /// The table, with a line end at the end.
  public var text: String {
    var lines: [String] = []
    for (index, film) in plan.films.enumerated() {
      lines += header(film, forecast.filmCosts[index])
      lines += rows(film, forecast.steps[index])
      lines += film.remarks.map { "  note: " + DisplayWidth.harmless($0) }
      lines.append("")
    }
    lines += footer
    return lines.joined(separator: "\n") + "\n"
  }

  private func header(_ film: FilmPlan, _ cost: Forecast.Cost) -> [String] {
    let rate = film.frameRate
    let length = Amounts.timecode(film.frames, at: rate)
    var lines = [
      style.paint(film.name, .bold)
        + "  \(film.frames) frames, \(length), \(film.size) at \(rate) frames/s"
    ]
    lines += film.outputs.map { "  to \($0)" }
    lines += film.companions.map { "  to \($0.path) (\($0.form.text))" }
    if let texts = CaptionText.summary(of: film) { lines.append("  " + texts) }
    if plan.backend.isPriced { lines.append("  " + Amounts.range(cost.planned, plan.currency)) }
    return lines
  }

  private func rows(_ film: FilmPlan, _ steps: [[Forecast.Step]]) -> [String] {
    var table = Table(columns: [
      .init("TIME", .right), .init("SEGMENT"), .init("FRAMES", .right), .init("COST", .right),
      .init("ACTION"), .init("WHY"),
    ])
    var segment = 0
    for stretch in FilmStretch.all(of: film) {
      let time = Amounts.timecode(stretch.start, at: film.frameRate)
      guard stretch.isClip else {
        table.add([time, stretch.label, "\(stretch.frames)", "", "show", stretch.remark])
        continue
      }
      add(film.segments[segment], steps[segment], time, stretch.remark, to: &table)
      segment += 1
    }
    table.add([Amounts.timecode(film.frames, at: film.frameRate), "end", "", "", "", ""])
    return table.lines(style: style) { row, column, text in
      guard column == 4 else { return text }
      return switch row[4] {
      case "generate": style.paint(text, .yellow)
      case "reuse", "locked": style.paint(text, .green)
      default: style.paint(text, .faint)
      }
    }
  }

  private func add(
    _ segment: Segment, _ steps: [Forecast.Step], _ time: String, _ remark: String,
    to table: inout Table
  ) {
    for (take, step) in zip(segment.takes, steps) {
      let isFirst = take.number == 1
      let name =
        segment.takes.count == 1
        ? segment.id
        : (isFirst ? segment.id : "") + "  take \(take.number)"
          + (take.isChosen ? " (in the film)" : "")
      table.add([
        isFirst ? time : "", name, isFirst ? "\(segment.frames)" : "",
        Amounts.money(plan.backend.isPriced ? take.price.expected : .zero, plan.currency),
        step.action.rawValue, step.reason + (isFirst && !remark.isEmpty ? " (\(remark))" : ""),
      ])
    }
  }

  private var footer: [String] {
    let steps = forecast.steps.joined().joined()
    let counts = Forecast.Action.allWords.compactMap { action, word -> String? in
      let count = steps.count { $0.action == action }
      return count == 0 ? nil : "\(count) \(word)"
    }
    let films = Amounts.count(plan.films.count, "film")
    let takes = counts.isEmpty ? "nothing to generate" : counts.joined(separator: ", ")
    return ["\(films): \(takes)"] + costLines
  }

  private var costLines: [String] {
    let models = Set(plan.films.flatMap { $0.segments.map(\.model) }).sorted()
    let name = models.isEmpty ? "" : " of " + models.joined(separator: ", ")
    let list = Amounts.range(forecast.listPrice, plan.currency)
    if plan.backend.isPriced {
      return [
        "cost on \(plan.backend): \(Amounts.range(forecast.cost.planned, plan.currency))",
        "  still to pay: \(Amounts.range(forecast.cost.new, plan.currency)); "
          + "in the store already: \(Amounts.money(forecast.cost.reused.expected, plan.currency))",
        "  prices\(name) as of \(plan.pricesAsOf)",
      ] + (plan.backend.isRehearsal ? ["  a rehearsal on this machine: nothing is paid"] : [])
    }
    let free = "cost on \(plan.backend): \(Amounts.money(.zero, plan.currency))"
    return models.isEmpty
      ? [free] : [free, "  at the list price\(name): \(list) (as of \(plan.pricesAsOf))"]
  }
}

extension Forecast.Action {
  fileprivate static let allWords: [(Forecast.Action, String)] = [
    (.generate, "to generate"), (.reuse, "in the store"), (.shared, "shared"),
    (.locked, "locked"),
  ]
}

/// A piece of the film as the table shows it.
private struct FilmStretch {
  let start: Int
  let label: String
  let frames: Int
  let isClip: Bool
  let remark: String

  static func all(of film: FilmPlan) -> [FilmStretch] {
    var position = 0
    return film.assembly.pieces.map { piece in
      let overlap = piece.crossfade.map { $0.handles == .overlap ? $0.frames : 0 } ?? 0
      let start = position - overlap
      position += piece.filmFrames
      var remarks: [String] = []
      if let crossfade = piece.crossfade { remarks.append("crossfade of \(crossfade.frames)") }
      if piece.holdBefore > 0 { remarks.append("first held \(piece.holdBefore)") }
      if piece.holdAfter > 0 { remarks.append("last held \(piece.holdAfter)") }
      var isClip = false
      switch piece.source {
      case .clip: isClip = true
      case .footage(let path, _, let start, let count, _):
        remarks.insert("\(path), \(count) frames from \(start)", at: 0)
      case .still(let use): remarks.insert("still \(use.name)", at: 0)
      }
      return FilmStretch(
        start: start, label: piece.label, frames: piece.frames, isClip: isClip,
        remark: remarks.joined(separator: ", "))
    }
  }
}
