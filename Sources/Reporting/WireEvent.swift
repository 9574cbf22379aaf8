import KeyreelCore

/// A run event as the event log writes it.
struct WireEvent {
  /// The line, with its line end.
  let line: [UInt8]

  /// `event`, the `number`th of its log, `elapsed` after the log's beginning.
  init(_ event: RunEvent, number: Int, elapsed: Duration) {
    var text = JSONText()
    text.object { text in
      text.member("version", EventLog.formatVersion)
      text.member("number", number)
      text.member("elapsed_ms", Self.milliseconds(elapsed))
      Self.write(event, to: &text)
    }
    line = text.bytes + [UInt8(ascii: "\n")]
  }

  private static func milliseconds(_ duration: Duration) -> Int {
    let (seconds, attoseconds) = duration.components
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }

  private static func write(_ event: RunEvent, to text: inout JSONText) {
    switch event {
    case .started(let films, let generate, let reuse, let cost, let currency):
      text.member("event", "started")
      text.member("films", films)
      text.member("generate", generate)
      text.member("reuse", reuse)
      text.key("cost")
      text.object {
        $0.members(cost)
        $0.member("currency", currency)
      }
    case .remark(let message):
      text.member("event", "remark")
      text.member("message", message)
    case .warning(let message):
      text.member("event", "warning")
      text.member("message", message)
    case .finished(let summary): write(summary, to: &text)
    case .stitching, .joinMeasured, .filmPublished, .filmFailed: writeFilm(event, to: &text)
    default: writeTake(event, to: &text)
    }
  }

  private static func writeTake(_ event: RunEvent, to text: inout JSONText) {
    switch event {
    case .waiting(let name):
      text.member("event", "waiting")
      text.write(name)
    case .takeStarted(let name, let frames):
      text.member("event", "take_started")
      text.write(name)
      text.member("frames", frames)
    case .takeProgress(let name, let progress):
      text.member("event", "take_progress")
      text.write(name)
      text.write(progress)
    case .takeCommitted(let name, let key, let inspection, let elapsed):
      text.member("event", "take_committed")
      text.write(name)
      text.member("key", key.description)
      text.member("frames", inspection.frames)
      text.member("width", inspection.size.width)
      text.member("height", inspection.size.height)
      text.member("frame_rate", inspection.frameRate)
      text.member("took_ms", milliseconds(elapsed))
    case .takeReused(let name, let key):
      text.member("event", "take_reused")
      text.write(name)
      text.member("key", key.description)
    case .takeFailed(let name, let error):
      text.member("event", "take_failed")
      text.write(name)
      text.write(error)
    case .takeSkipped(let name, let reason):
      text.member("event", "take_skipped")
      text.write(name)
      text.member("reason", reason)
    default: preconditionFailure("only events of takes are written here")
    }
  }

  private static func writeFilm(_ event: RunEvent, to text: inout JSONText) {
    switch event {
    case .stitching(let film, let done, let all):
      text.member("event", "stitching")
      text.member("film", film)
      text.member("done", done)
      text.member("of", all)
    case .joinMeasured(let film, let verdict):
      text.member("event", "join")
      text.member("film", film)
      JoinText(verdict).write(to: &text)
    case .filmPublished(let film, let path, let frames, let duration, let reused):
      text.member("event", "film_published")
      text.member("film", film)
      text.member("path", path)
      text.member("frames", frames)
      text.member("duration_ms", milliseconds(duration))
      text.key("reused")
      text.value(reused)
    case .filmFailed(let film, let error):
      text.member("event", "film_failed")
      text.member("film", film)
      text.write(error)
    default: preconditionFailure("only events of films are written here")
    }
  }

  private static func write(_ summary: RunSummary, to text: inout JSONText) {
    text.member("event", "finished")
    text.member("made", summary.made)
    text.member("reused", summary.reused)
    text.member("failed", summary.failed)
    text.member("skipped", summary.skipped)
    text.member("films", summary.films)
    text.key("spent")
    text.object { $0.members(summary.spent) }
    text.key("saved")
    text.object { $0.members(summary.saved) }
    text.key("planned")
    text.object { $0.members(summary.planned) }
    text.key("unknown")
    text.object { $0.members(summary.unknown) }
    text.member("currency", summary.currency)
    text.member("took_ms", Int(summary.milliseconds))
    text.key("interrupted")
    text.value(summary.wasInterrupted)
  }
}

extension JSONText {
  fileprivate mutating func write(_ name: TakeName) {
    member("film", name.film)
    member("segment", name.segment)
    member("take", name.take)
  }

  fileprivate mutating func write(_ error: OperationError) {
    key("error")
    object { text in
      text.member("code", error.code.description)
      text.member("message", error.message)
      text.key("remedy")
      if let remedy = error.remedy { text.value(remedy) } else { text.null() }
      text.key("retryable")
      text.value(error.isRetryable)
    }
  }

  fileprivate mutating func write(_ progress: GenerationProgress) {
    switch progress {
    case .queued(let position):
      member("stage", "queued")
      key("position")
      if let position { value(position) } else { null() }
    case .rendering(let done, let all):
      member("stage", "rendering")
      member("done", done)
      member("of", all)
    case .downloading(let bytes, let all):
      member("stage", "downloading")
      member("done", bytes)
      key("of")
      if let all { value(all) } else { null() }
    }
  }
}
