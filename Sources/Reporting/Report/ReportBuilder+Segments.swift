import KeyreelCore

extension ReportBuilder {
  /// A segment of `film` that begins at the 0-based film frame `start`.
  func segment(
    _ segment: Segment, _ steps: [Forecast.Step], _ film: FilmPlan, start: Int
  ) -> ReportDocument.Segment {
    let pictures = [segment.first, segment.last].map { use in
      var text = JSONText()
      use.recipe.write(to: &text)
      return text.string
    }
    return ReportDocument.Segment(
      id: segment.id, sequence: segment.sequence, model: segment.model,
      prompt: segment.request["prompt"]?.description,
      request: segment.request.fields.map { .init(name: $0.name, value: $0.value.description) },
      first: segment.first.name, last: segment.last.name, pictures: pictures,
      startsFrom: segment.startsFrom, filmFrame: start,
      time: Amounts.timecode(start, at: film.frameRate), frames: segment.frames,
      frameRate: segment.frameRate, canvas: segment.canvas.description,
      seconds: Amounts.seconds(of: segment.frames, at: segment.frameRate),
      takes: zip(segment.takes, steps).map { take($0, $1, of: segment, in: film) })
  }

  private func take(
    _ take: Take, _ step: Forecast.Step, of segment: Segment, in film: FilmPlan
  ) -> ReportDocument.Take {
    let clip = sources.clips[take.key]
    let record = latest[TakeName(film: film.name, segment: segment.id, take: take.number)]
    let stills = (0..<3).map { ReportMedia.name(of: take.key, still: $0) }
      .filter(sources.media.contains)
    return ReportDocument.Take(
      number: take.number, isChosen: take.isChosen,
      seed: segment.seedParameter == nil ? nil : take.seed,
      state: state(take, step, record), reason: record?.failure?.message ?? step.reason,
      price: .init(take.price), cost: clip.map { .init($0.receipt.cost) },
      billed: clip?.receipt.billed, key: take.key.description, clip: clip.map(Self.clip),
      failure: record?.failure, stills: stills, video: sources.takeVideos[take.key])
  }

  private func state(
    _ take: Take, _ step: Forecast.Step, _ record: TakeRecord?
  ) -> ReportDocument.State {
    // What is there is there, whatever an older run says.
    if sources.clips[take.key] != nil || step.action == .reuse {
      return record?.outcome == .made && record?.key == take.key ? .made : .reused
    }
    // A locked clip that is not there is never made.
    if step.action == .locked { return .skipped }
    if sources.unknown.contains(take.key) { return .unknown }
    if sources.bought.contains(take.key) { return .reserved }
    switch record?.outcome {
    case .failed: return .failed
    case .skipped: return .skipped
    default: return step.action == .shared ? .shared : .toMake
    }
  }

  private static func clip(_ record: ClipRecord) -> ReportDocument.Clip {
    let receipt = record.receipt
    return ReportDocument.Clip(
      digest: receipt.digest, bytes: receipt.byteCount, frames: receipt.inspection.frames,
      size: receipt.inspection.size.description, backend: receipt.recipe.backend.description,
      requestId: receipt.ticket?.id, account: receipt.ticket?.account, seed: receipt.seed,
      billedUnits: receipt.billedUnits, requested: record.requested, committed: record.committed,
      attempt: record.attempt)
  }
}
