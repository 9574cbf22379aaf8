import KeyreelCore

@testable import Reporting

/// Text that tries to be markup wherever it may be put.
let hostile =
  #"</style></script><script>alert(1)</script><img src=x onerror="alert('2')"> & | `@everyone` #1 "#

/// What is known of a paid film of two clips: one made and billed, one that failed, a still, footage.
func sampleSources(on backend: BackendIdentity = paid) -> ReportSources {
  var media = ReportMedia()
  var forecast = sampleForecast(on: backend)
  forecast.plan.films[0].segments[1].request["prompt"] = .string(hostile)
  let film = forecast.plan.films[0]
  for segment in film.segments {
    for use in [segment.first, segment.last] {
      media.add([1, 2, 3], as: .jpeg, named: ReportMedia.name(of: use.recipe))
    }
  }
  let key = film.segments[0].chosen.key
  for part in 0..<3 { media.add([4, 5], as: .jpeg, named: ReportMedia.name(of: key, still: part)) }
  var sources = ReportSources(tool: "1.2.3", forecast: forecast, media: media)
  sources.clips[key] = sampleClip(of: film.segments[0], on: backend)
  sources.runs = [sampleRun(of: film, on: backend)]
  sources.diagnostics = [
    Diagnostic(
      .warning, "KR0420", "`noon.jpg` is cut \(hostile)", file: "pipelines/lake-day.yaml",
      at: SourceSpan(start: .init(line: 12, column: 3), end: .init(line: 12, column: 9)),
      suggestion: "choose what is kept with `focus`")
  ]
  sources.unknownPrice = PriceRange(
    expected: .init(nanos: 266_400_000), worst: .init(nanos: 320_790_000))
  return sources
}

private func sampleClip(of segment: Segment, on backend: BackendIdentity) -> ClipRecord {
  let take = segment.chosen
  let receipt = Receipt(
    recipe: segment.recipe(for: take, on: backend), digest: Digest.of("clip"), byteCount: 1_234_567,
    inspection: ClipInspection(frames: 241, size: segment.canvas, frameRate: .thirty),
    price: take.price,
    ticket: Ticket(
      id: "req-1", endpoint: segment.model, backend: backend, account: "a1b2c3"),
    seed: 99, billedUnits: "8", billed: .init(nanos: 266_400_000))
  return ClipRecord(
    receipt: receipt, attempt: 1, requested: "2026-11-22T10:00:01Z",
    accepted: "2026-11-22T10:00:02Z", committed: "2026-11-22T10:01:00Z")
}

private func sampleRun(of film: FilmPlan, on backend: BackendIdentity) -> RunRecord {
  var run = RunRecord(begun: "2026-11-22T10:00:00Z", backend: backend, tool: "1.2.3")
  run.milliseconds = 65_000
  var first = TakeRecord(TakeName(film: film.name, segment: film.segments[0].id, take: 1))
  first.key = film.segments[0].chosen.key
  first.outcome = .made
  first.phases = [
    .init(.preparing, from: 0, to: 1_000), .init(.queued, from: 1_000, to: 20_000),
    .init(.rendering, from: 20_000, to: 55_000), .init(.downloading, from: 55_000, to: 60_000),
  ]
  var second = TakeRecord(TakeName(film: film.name, segment: film.segments[1].id, take: 2))
  second.outcome = .failed
  second.phases = [.init(.preparing, from: 60_000, to: 62_000)]
  second.failure = FailureRecord(
    code: "generation-refused", message: "the model refused \(hostile)", remedy: "change the prompt"
  )
  run.takes = [first, second]
  run.warnings = ["--max-cost of $5.00 does not cover 1 clip"]
  return run
}

/// A plan of a film of `count` segments whose prompts are long, and a picture for each keyframe.
func longSources(_ count: Int) -> ReportSources {
  var forecast = sampleForecast(on: paid)
  var film = forecast.plan.films[0]
  let pattern = film.segments[0]
  film.segments = (0..<count).map { number in
    var segment = pattern
    segment.id = "valley/\(number)-\(number + 1)"
    segment.request["prompt"] = .string(
      "shot \(number): " + String(repeating: "the camera rises over a lake | ", count: 12))
    segment.takes[0].key = RecipeKey(Digest.of("take \(number)"))
    return segment
  }
  film.assembly.pieces = film.segments.map {
    .init(source: .clip($0.chosen.key), label: $0.id, frames: 240, dropsLast: true)
  }
  film.keyframes = (0...count).map {
    PlannedKeyframe(
      name: "k\($0)", sequence: "valley", filmFrame: $0 * 239, digest: Digest.of("k\($0)"))
  }
  forecast.plan.films = [film]
  forecast.steps = [film.segments.map { _ in [.init(.generate, reason: "new")] }]
  return ReportSources(tool: "1.2.3", forecast: forecast)
}
