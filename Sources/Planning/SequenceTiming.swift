import KeyreelCore

/// The lengths of one chain in film frames.
struct ChainTiming {
  /// Frames of each segment's clip, both ends counted.
  var clipFrames: [Int] = []
  /// Film frames from each keyframe to the next.
  var intervals: [Int] = []
  /// Repeats of each keyframe.
  var holds: [Int] = []
  /// Film frame of each keyframe from the beginning of the sequence; a loop's closing one included.
  var positions: [Int] = []
  /// Times that were no whole number of frames, and the largest error in thousandths of a frame.
  var roundings = 0
  var largestError = 0
}

/// Works out the lengths of one chain.
struct ChainTimer {
  let chain: ChainOutline
  let rate: FrameRate

  /// The lengths; `nil`, with errors told, when one is impossible.
  func timing(_ findings: inout Findings) -> ChainTiming? {
    var timeline = Timeline(rate: rate)
    var timing = ChainTiming()
    if let first = chain.stops.first?.time, first.value.isPositive {
      findings.error(
        "KR0312", "the first keyframe of a sequence is at 0s, not at \(first.value.text)",
        at: first.span, suggestion: "use `hold` to stay on it")
      return nil
    }
    for (index, stop) in chain.stops.enumerated() {
      timing.positions.append(timeline.position)
      guard let hold = hold(stop.hold, &timeline, &findings) else { return nil }
      timing.holds.append(hold)
      guard chain.drafts.indices.contains(index) else { continue }
      guard let step = step(index, &timeline, &findings) else { return nil }
      timing.clipFrames.append(step.clipFrames)
      timing.intervals.append(step.interval)
    }
    if chain.loops { timing.positions.append(timeline.position) }
    timing.roundings = timeline.roundings
    timing.largestError = timeline.largestError
    return timing
  }

  private func hold(
    _ hold: Written<TimeLength>?, _ timeline: inout Timeline, _ findings: inout Findings
  ) -> Int? {
    guard let hold else { return 0 }
    if let frames = timeline.hold(hold.value) { return frames }
    findings.error("KR0311", "\(hold.value.text) is too long for a `hold`", at: hold.span)
    return nil
  }

  private func step(
    _ index: Int, _ timeline: inout Timeline, _ findings: inout Findings
  ) -> Timeline.Step? {
    let draft = chain.drafts[index]
    let end = chain.end(of: index)
    let step: Timeline.Step?
    let asked: (text: String, span: SourceSpan?)
    if end != 0, let time = chain.stops[end].time {
      guard isFree(index, for: time, &findings) else { return nil }
      step = timeline.advance(to: time.value, clipRate: draft.rate)
      guard step != nil || !isLate(time, timeline, &findings) else { return nil }
      asked = ("the way to \(time.value.text)", time.span)
    } else {
      switch draft.length {
      case .frames(let frames, let span):
        step = timeline.advance(frames: frames, clipRate: draft.rate)
        asked = ("", span ?? chain.stops[index].subject.span)
      case .duration(let duration):
        step = timeline.advance(by: duration.value, clipRate: draft.rate)
        asked = (duration.value.text, duration.span)
      }
    }
    return inRange(step, draft, asked, &findings)
  }

  /// An absolute time leaves no room for a length written beside it.
  private func isFree(
    _ index: Int, for time: Written<TimeLength>, _ findings: inout Findings
  ) -> Bool {
    let next = chain.stops[index].next
    guard let length = next.duration?.span ?? next.frames?.span else { return true }
    findings.error(
      "KR0313", "the segment's length is given by `at` already", at: length,
      suggestion: "leave out one of them", notes: [Diagnostic.Note("the time is here", at: time.span)])
    return false
  }

  private func isLate(
    _ time: Written<TimeLength>, _ timeline: Timeline, _ findings: inout Findings
  ) -> Bool {
    let (numerator, denominator) = time.value.wideFrames(at: rate)
    guard numerator <= Int128(timeline.position) * denominator else { return false }
    findings.error(
      "KR0312", "`at: \(time.value.text)` is not after the keyframe before it, which the film "
        + "leaves at \(rate.secondsText(of: timeline.position))",
      at: time.span, suggestion: "times must increase, holds included")
    return true
  }

  private func inRange(
    _ step: Timeline.Step?, _ draft: DraftSegment, _ asked: (text: String, span: SourceSpan?),
    _ findings: inout Findings
  ) -> Timeline.Step? {
    let parameter = draft.model.lengthParameter
    let low = parameter.minimum.map { Int($0) } ?? 2
    let high = parameter.maximum.map { Int($0) } ?? Timeline.longest
    if let step, (low...max(low, high)).contains(step.clipFrames) { return step }
    let range = low < high ? "from \(low) to \(high)" : "\(low)"
    let times =
      "\(draft.rate.secondsText(of: low - 1)) to \(draft.rate.secondsText(of: high - 1))"
    if asked.text.isEmpty {
      let written: String =
        if case .frames(let frames, _) = draft.length { "\(frames)" } else { "that many" }
      findings.error(
        "KR0311", "\(draft.model.id) makes clips of \(range) frames, not of \(written)",
        at: asked.span)
    } else {
      let frames = step.map { "would be \($0.clipFrames) frames at \(draft.rate)/s" } ?? "is too long"
      findings.error(
        "KR0311", "\(asked.text) \(frames); \(draft.model.id) makes clips of \(range) frames",
        at: asked.span, suggestion: "it can take \(times) from keyframe to keyframe")
    }
    return nil
  }
}

extension TimeLength {
  var isPositive: Bool {
    switch self {
    case .frames(let frames): frames > 0
    case .time(let nanoseconds): nanoseconds > 0
    }
  }
}
