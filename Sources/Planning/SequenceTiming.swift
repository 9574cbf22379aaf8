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
///
/// A length that is wrong is told, and the following ones are still checked as far as they do not
/// depend on it.
struct ChainTimer {
  let chain: PartialChain
  let rate: FrameRate

  /// The lengths; `nil`, with errors told, when one is impossible.
  func timing(_ findings: inout Findings) -> ChainTiming? {
    var timeline = Timeline(rate: rate)
    var timing = ChainTiming()
    var isExact = isStartSound(&findings)
    for (index, stop) in chain.stops.enumerated() {
      timing.positions.append(timeline.position)
      if let hold = hold(stop.hold, &timeline, &findings) {
        timing.holds.append(hold)
      } else {
        isExact = false
      }
      guard chain.drafts.indices.contains(index) else { continue }
      if let draft = chain.drafts[index],
        let step = step(draft, index, &timeline, isExact: isExact, &findings)
      {
        timing.clipFrames.append(step.clipFrames)
        timing.intervals.append(step.interval)
      } else {
        isExact = false
      }
    }
    if chain.loops { timing.positions.append(timeline.position) }
    timing.roundings = timeline.roundings
    timing.largestError = timeline.largestError
    return isExact ? timing : nil
  }

  private func isStartSound(_ findings: inout Findings) -> Bool {
    guard let first = chain.stops.first?.time, first.value.isPositive else { return true }
    findings.error(
      "KR0312", "the first keyframe of a sequence is at 0s, not at \(first.value.text)",
      at: first.span, suggestion: "use `hold` to stay on it")
    return false
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
    _ draft: DraftSegment, _ index: Int, _ timeline: inout Timeline, isExact: Bool,
    _ findings: inout Findings
  ) -> Timeline.Step? {
    let end = chain.end(of: index)
    if end != 0, let time = chain.stops[end].time {
      guard isFree(index, for: time, &findings), isExact else { return nil }
      let step = timeline.advance(to: time.value, clipRate: draft.rate)
      guard step != nil || !isLate(time, timeline, &findings) else { return nil }
      return inRange(step, draft, ("the way to \(time.value.text)", time.span), &findings)
    }
    switch draft.length {
    case .frames(let frames, let span):
      let step = timeline.advance(frames: frames, clipRate: draft.rate)
      return inRange(
        step, draft, ("", span ?? chain.stops[index].subject.span), &findings)
    case .duration(let duration):
      let step = timeline.advance(by: duration.value, clipRate: draft.rate)
      return inRange(step, draft, (duration.value.text, duration.span), &findings)
    }
  }

  /// An absolute time leaves no room for a length written beside it.
  private func isFree(
    _ index: Int, for time: Written<TimeLength>, _ findings: inout Findings
  ) -> Bool {
    let next = chain.stops[index].next
    guard let length = next.duration?.span ?? next.frames?.span else { return true }
    findings.error(
      "KR0313", "the segment's length is given by `at` already", at: length,
      suggestion: "leave out one of them",
      notes: [Diagnostic.Note("the time is here", at: time.span)])
    return false
  }

  private func isLate(
    _ time: Written<TimeLength>, _ timeline: Timeline, _ findings: inout Findings
  ) -> Bool {
    let (numerator, denominator) = time.value.exactFrames(at: rate)
    guard numerator <= Int128(timeline.position) * denominator else { return false }
    findings.error(
      "KR0312",
      "`at: \(time.value.text)` is not after the keyframe before it, which the film "
        + "leaves at \(rate.secondsText(of: timeline.position))",
      at: time.span, suggestion: "times must increase, holds included")
    return true
  }

  private func inRange(
    _ step: Timeline.Step?, _ draft: DraftSegment, _ asked: (text: String, span: SourceSpan?),
    _ findings: inout Findings
  ) -> Timeline.Step? {
    let (low, high) = draft.model.lengthRange
    if let step, (low...high).contains(step.clipFrames) { return step }
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
      let frames =
        step.map { "would be \($0.clipFrames) frames at \(draft.rate)/s" } ?? "is too long"
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
