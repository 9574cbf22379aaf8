import KeyreelCore

/// A film's pieces, keyframes and segments as they are put one behind the other.
struct FilmCut {
  let rate: FrameRate
  private(set) var pieces: [Assembly.Piece] = []
  private(set) var keyframes: [PlannedKeyframe] = []
  private(set) var segments: [Segment] = []
  private(set) var remarks: [String] = []
  /// The sequences in film order, each with the pieces that it became.
  private(set) var stretches: [(outline: SequenceOutline, pieces: Range<Int>)] = []
  /// Film frames so far.
  private var length = 0

  init(rate: FrameRate) { self.rate = rate }

  /// Adds the clips of a chain; with `dropsClosing` the film ends just before its first picture.
  mutating func add(
    _ segments: [Segment], _ chain: ChainOutline, _ timing: ChainTiming,
    _ outline: SequenceOutline, dropsClosing: Bool, _ findings: inout Findings
  ) {
    let last = segments.count - 1
    let pieces = segments.enumerated().map { index, segment in
      Assembly.Piece(
        source: .clip(segment.chosen.key), label: segment.id, frames: timing.intervals[index] + 1,
        dropsLast: index < last || dropsClosing, holdBefore: timing.holds[index],
        holdAfter: index == last && !chain.loops ? timing.holds[last + 1] : 0)
    }
    let start = append(pieces, outline, &findings)
    // The closing picture of a film that loops is its first one; it has no frame of its own.
    for (index, position) in timing.positions.dropLast(dropsClosing ? 1 : 0).enumerated() {
      let picture = chain.pictures[index % chain.pictures.count]
      keyframes.append(
        PlannedKeyframe(
          name: picture.name, sequence: outline.name, filmFrame: start + position,
          digest: picture.fact.digest))
    }
    self.segments += segments
    if timing.roundings > 0 {
      remarks.append(
        "`\(outline.name)`: \(Self.count(timing.roundings, "time is", "times are")) no whole number "
          + "of frames; rounded by at most \(Self.thousandths(timing.largestError)) of a frame, "
          + "the error is carried forward")
    }
    if dropsClosing {
      remarks.append(
        "`\(outline.name)`: the closing frame is left out, so that the film loops cleanly")
    }
  }

  /// Adds one picture; a `hold` adds its repeats to the one frame that is there anyway.
  mutating func add(
    _ still: StillOutline, _ outline: SequenceOutline, size: PixelSize,
    _ findings: inout Findings
  ) {
    var timeline = Timeline(rate: rate)
    guard let repeats = timeline.hold(still.hold.value) else {
      findings.error(
        "KR0311", "\(still.hold.value.text) is too long for a `hold`", at: still.hold.span)
      return
    }
    let use = KeyframeUse(
      name: still.picture.name, source: still.picture.source,
      recipe: PictureRecipe(
        origin: still.picture.origin, fit: still.fit, focus: still.focus, canvas: size))
    let piece = Assembly.Piece(source: .still(use), label: outline.name, frames: repeats + 1)
    let start = append([piece], outline, &findings)
    keyframes.append(
      PlannedKeyframe(
        name: still.picture.name, sequence: outline.name, filmFrame: start,
        digest: still.picture.fact.digest))
  }

  /// Adds a part of an existing clip, at the film's rate.
  mutating func add(
    _ footage: FootageOutline, _ outline: SequenceOutline, _ findings: inout Findings
  ) {
    let frames =
      Timeline.filmFrames(footage.count - 1, from: footage.fact.frameRate, to: rate) + 1
    let piece = Assembly.Piece(
      source: .footage(
        path: footage.path, digest: footage.fact.digest, start: footage.start,
        count: footage.count, fit: footage.fit),
      label: outline.name, frames: frames)
    _ = append([piece], outline, &findings)
    if footage.fact.frameRate != rate {
      remarks.append(
        "`\(outline.name)`: \(footage.count) frames at \(footage.fact.frameRate)/s become "
          + "\(frames) at \(rate)/s")
    }
  }

  /// Appends a sequence's pieces and returns the film frame on which the sequence begins.
  private mutating func append(
    _ added: [Assembly.Piece], _ outline: SequenceOutline, _ findings: inout Findings
  ) -> Int {
    var added = added
    var overlap = 0
    if let join = outline.sequence.join, !added.isEmpty {
      added[0].crossfade = crossfade(join, into: added[0], outline, &findings)
      if let crossfade = added[0].crossfade, crossfade.handles == .overlap {
        overlap = crossfade.frames
        remarks.append(
          "`\(outline.name)`: the crossfade makes the film \(Self.count(overlap, "frame", "frames")) "
            + "shorter")
      }
    }
    let start = length - overlap
    length += added.reduce(0) { $0 + $1.filmFrames }
    stretches.append((outline, pieces.count..<pieces.count + added.count))
    pieces += added
    return start
  }

  private func crossfade(
    _ join: PipelineDocument.Join, into piece: Assembly.Piece, _ outline: SequenceOutline,
    _ findings: inout Findings
  ) -> Assembly.Crossfade? {
    let written = join.crossfade
    guard let before = pieces.last else {
      findings.error(
        "KR0322", "the first sequence has nothing before it to fade from", at: written.span,
        suggestion: "use `film.fade_in` to fade from black")
      return nil
    }
    let (numerator, denominator) = written.value.exactFrames(at: rate)
    let wide = (2 * numerator + denominator) / (2 * denominator)
    // Each frame may be seen in one crossfade only, hence what the piece before gave away already.
    for (room, name) in [
      (
        before.filmFrames
          - (before.crossfade?.handles == .freeze ? before.crossfade?.frames ?? 0 : 0),
        before.label
      ), (piece.filmFrames, piece.label),
    ] where wide > room {
      findings.error(
        "KR0322",
        "a crossfade of \(written.value.text) does not fit: "
          + "`\(name)` has \(Self.count(room, "frame", "frames")) to give", at: written.span,
        suggestion: "at most \(Self.count(max(0, room), "frame", "frames"))")
      return nil
    }
    guard wide > 0 else { return nil }
    return Assembly.Crossfade(frames: Int(wide), handles: join.handles?.value ?? .overlap)
  }

  private static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
  }

  /// A number of thousandths as a decimal: `0.333`.
  private static func thousandths(_ number: Int) -> String {
    let digits = String(number % 1000)
    return "\(number / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }
}
