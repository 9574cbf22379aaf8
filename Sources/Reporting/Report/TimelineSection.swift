import KeyreelCore

/// When what was waited for: a bar for each clip and film of each run, the critical path marked.
struct TimelineSection {
  let page: ReportHTML

  /// Longer lists are folded away.
  private static let openRows = 60

  func write(to html: inout HTMLText) {
    guard !page.document.runs.isEmpty else { return }
    html.element("section", ["id": "timeline", "aria-labelledby": "timeline-title"]) { html in
      html.element("h2", ["id": "timeline-title"], text: "Timeline")
      html.element("p", ["class": "legend hint"]) { html in
        for stage in Self.stages {
          html.element("span", ["class": "key \(stage.rawValue)", "aria-hidden": "true"]) { _ in }
          html.text(Self.words(stage) + " ")
        }
        html.text("★ on the critical path: a faster one would have made the run shorter")
      }
      for run in page.document.runs { write(run, to: &html) }
    }
  }

  private static let stages: [TakeRecord.Stage] = [
    .waiting, .preparing, .queued, .rendering, .downloading,
  ]

  private static func words(_ stage: TakeRecord.Stage) -> String {
    switch stage {
    case .waiting: "waiting for another run"
    case .preparing: "preparing"
    case .queued: "in the queue"
    case .rendering: "being made"
    case .downloading: "on its way here"
    }
  }

  private func write(_ run: ReportDocument.Run, to html: inout HTMLText) {
    html.element("h3") { html in
      html.text("Run of ")
      html.element("time", ["datetime": run.begun], text: Self.day(run.begun))
      html.text(", \(Amounts.elapsed(.milliseconds(run.milliseconds)))")
    }
    html.element("p", ["class": "hint"], text: Self.summary(of: run))
    guard !run.lanes.isEmpty else { return }
    html.element("details", ["open": run.lanes.count <= Self.openRows ? "" : nil]) { html in
      html.element("summary", text: "\(Amounts.count(run.lanes.count, "row"))")
      html.element("table", ["class": "lanes"]) { html in
        html.element("caption", ["class": "sr"], text: "What was waited for, and how long")
        html.element("thead") { html in
          html.element("tr") { html in
            for name in ["Clip", "Time", "Took"] {
              html.element("th", ["scope": "col"], text: name)
            }
          }
        }
        html.element("tbody") { html in
          for lane in run.lanes { write(lane, of: max(1, run.milliseconds), to: &html) }
        }
      }
    }
  }

  private func write(
    _ lane: ReportDocument.Run.Lane, of whole: Int, to html: inout HTMLText
  ) {
    html.element("tr", ["class": lane.isCritical ? "critical" : nil]) { html in
      html.element("th", ["scope": "row"]) { html in
        html.text((lane.isFilm ? "joining " : "") + lane.label)
        if lane.isCritical {
          html.element(
            "span", ["class": "star", "role": "img", "aria-label": "on the critical path"],
            text: " ★")
        }
        if lane.outcome == .failed {
          html.text(" ")
          StateMark(.failed).write(to: &html)
        }
      }
      html.element("td") { html in
        html.element(
          "svg",
          [
            "class": "bar", "role": "img", "aria-label": Self.words(lane), "width": "100%",
            "height": "14",
          ]
        ) { html in
          for phase in lane.phases {
            html.element(
              "rect",
              [
                "class": lane.isFilm ? "film" : phase.stage.rawValue,
                "x": Self.percent(phase.start, of: whole),
                "width": Self.percent(max(phase.end - phase.start, whole / 500), of: whole),
                "height": "14",
              ]
            ) { _ in }
          }
        }
      }
      html.element("td", text: Amounts.elapsed(.milliseconds(lane.end - lane.start)))
    }
  }

  /// When it began and what it waited for, such as being made 8.1s.
  private static func words(_ lane: ReportDocument.Run.Lane) -> String {
    let parts = lane.phases.map { phase in
      let words = lane.isFilm ? "joined in" : Self.words(phase.stage)
      return "\(words) \(Amounts.elapsed(.milliseconds(phase.end - phase.start)))"
    }
    return "from \(Amounts.elapsed(.milliseconds(lane.start))): " + parts.joined(separator: ", ")
  }

  /// A share with two places, `12.34%`.
  private static func percent(_ part: Int, of whole: Int) -> String {
    let share = min(10_000, part * 10_000 / whole)
    let rest = share % 100
    return "\(share / 100).\(rest < 10 ? "0" : "")\(rest)%"
  }

  private static func summary(of run: ReportDocument.Run) -> String {
    var parts = ["\(run.made) made", "\(run.reused) reused"]
    if run.failed > 0 { parts.append("\(run.failed) failed") }
    if run.skipped > 0 { parts.append("\(run.skipped) not tried") }
    if run.wasInterrupted { parts.append("stopped before its end") }
    return parts.joined(separator: ", ") + "; clips by \(run.backend), Keyreel \(run.tool)"
  }

  /// A day and time in UTC as people write it.
  static func day(_ time: String) -> String {
    time.replacing("T", with: " ").replacing("Z", with: " UTC")
  }
}
