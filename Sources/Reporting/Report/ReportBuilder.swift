import KeyreelCore

/// Turns what is known of a plan and its runs into one document; pure.
public struct ReportBuilder: Sendable {
  let sources: ReportSources
  /// What the latest run did for each take.
  let latest: [TakeName: TakeRecord]

  /// A builder of a report of `sources`.
  public init(_ sources: ReportSources) {
    self.sources = sources
    latest = Dictionary(
      (sources.runs.first?.takes ?? []).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  var plan: Plan { sources.forecast.plan }

  /// The report.
  public var document: ReportDocument {
    ReportDocument(
      formatVersion: ReportDocument.currentVersion, tool: sources.tool, pipeline: plan.pipeline,
      pipelineDigest: plan.pipelineDigest, backend: plan.backend.description, maker: maker,
      currency: plan.currency, pricesAsOf: plan.pricesAsOf, money: money,
      films: plan.films.indices.map { film($0) },
      runs: sources.runs.compactMap { run($0) }, warnings: warnings)
  }

  private var maker: ReportDocument.Maker {
    guard plan.backend.isPriced else { return .animatic }
    return plan.backend.isPaid ? .paid : .rehearsal
  }

  private var money: ReportDocument.Money {
    let cost = sources.forecast.cost
    var spent = PriceRange.free
    if plan.backend.isPriced {
      for clip in sources.clips.values { spent = spent + clip.receipt.cost }
    }
    // What a run made is no saving of that run; without one, all that is there need not be bought.
    let saved = sources.runs.first?.summary?.saved ?? cost.reused
    return ReportDocument.Money(
      planned: .init(cost.planned), toPay: .init(cost.new), spent: .init(spent),
      reserved: .init(sources.reservedPrice), unknown: .init(sources.unknownPrice),
      saved: .init(saved), listPrice: .init(sources.forecast.listPrice))
  }

  // MARK: Warnings

  private var warnings: [ReportDocument.Warning] {
    var found = sources.diagnostics.map { diagnostic in
      ReportDocument.Warning(
        code: diagnostic.code, message: diagnostic.message,
        place: diagnostic.file + (diagnostic.span.map { ":\($0.start.line)" } ?? ""),
        remedy: diagnostic.suggestion)
    }
    if let run = sources.runs.first {
      found += run.warnings.map { .init(code: "run", message: $0) }
      for film in run.films {
        guard let failure = film.failure else { continue }
        found.append(
          .init(
            code: failure.code, message: "film \(film.name): \(failure.message)",
            remedy: failure.remedy))
      }
    }
    found += unknownWarnings + lengthWarnings
    return found
  }

  private var unknownWarnings: [ReportDocument.Warning] {
    plan.films.flatMap(\.segments).filter { segment in
      segment.takes.contains { sources.unknown.contains($0.key) }
    }.map { segment in
      ReportDocument.Warning(
        code: "unknown-submission",
        message: "nobody knows whether the clip of \(segment.id) was bought",
        remedy: "keyreel reconcile; it is never bought again by itself")
    }
  }

  /// Clips that came with other frames than planned.
  private var lengthWarnings: [ReportDocument.Warning] {
    plan.films.flatMap(\.segments).compactMap { segment in
      guard let clip = sources.clips[segment.chosen.key]?.receipt.inspection,
        clip.frames != segment.frames
      else { return nil }
      return ReportDocument.Warning(
        code: "other-length",
        message:
          "\(segment.id) has \(clip.frames) frames instead of the \(segment.frames) planned")
    }
  }

  // MARK: Runs

  /// `nil` for a run that neither made nor tried anything, unless it is the latest.
  private func run(_ record: RunRecord) -> ReportDocument.Run? {
    let several = Set(plan.films.flatMap(\.segments).filter { $0.takes.count > 1 }.map(\.id))
    var lanes = record.takes.compactMap { take -> ReportDocument.Run.Lane? in
      guard !take.phases.isEmpty else { return nil }
      let name = take.name
      let label =
        several.contains(name.segment) ? "\(name.segment) take \(name.take)" : name.segment
      return .init(
        label: label, isFilm: false, outcome: take.outcome, phases: take.phases, isCritical: false)
    }
    lanes += record.films.compactMap { film in
      guard let start = film.start else { return nil }
      return .init(
        label: film.name, isFilm: true, outcome: film.failure == nil ? .made : .failed,
        phases: [.init(.rendering, from: start, to: film.end)], isCritical: false)
    }
    if lanes.isEmpty, record.begun != sources.runs.first?.begun { return nil }
    var before: [String: String] = [:]
    for segment in plan.films.flatMap(\.segments) { before[segment.id] = segment.startsFrom }
    CriticalPath.mark(&lanes, before: before)
    func count(_ outcome: TakeRecord.Outcome) -> Int {
      record.takes.count { $0.outcome == outcome }
    }
    return ReportDocument.Run(
      begun: record.begun, milliseconds: record.milliseconds, backend: record.backend.description,
      tool: record.tool, made: count(.made), reused: count(.reused), failed: count(.failed),
      skipped: count(.skipped), wasInterrupted: record.summary?.wasInterrupted ?? true,
      lanes: lanes, warnings: record.warnings)
  }
}
