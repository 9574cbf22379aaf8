import KeyreelCore

/// Captions and titles that are written at sequences and keyframes: they follow their clips.
struct SequenceMarks {
  let assembly: Assembly
  let stretches: [(outline: SequenceOutline, pieces: Range<Int>)]
  let rate: FrameRate
  private let ranges: [Range<Int>]

  /// How long a title is seen when nobody says, if its sequence lasts that long.
  private static let titleLength = TimeLength.time(nanoseconds: 3_000_000_000)

  init(
    assembly: Assembly, stretches: [(outline: SequenceOutline, pieces: Range<Int>)],
    rate: FrameRate
  ) {
    self.assembly = assembly
    self.stretches = stretches
    self.rate = rate
    ranges = assembly.plannedRanges
  }

  func captions(_ findings: inout Findings) -> [FilmTexts.Placed] {
    var placed: [FilmTexts.Placed] = []
    for (index, stretch) in stretches.enumerated() where !stretch.pieces.isEmpty {
      let outline = stretch.outline
      if let caption = outline.sequence.caption {
        let start = FilmMark(piece: stretch.pieces.lowerBound)
        placed += [self.placed(caption, start, end: end(of: index), &findings)].compactMap(\.self)
      }
      placed += stops(of: index, &findings)
    }
    return placed
  }

  func titles(
    _ findings: inout Findings
  ) -> [(PipelineDocument.Title, FilmTexts.Placed)] {
    stretches.enumerated().compactMap { index, stretch in
      guard var title = stretch.outline.sequence.title, !stretch.pieces.isEmpty else { return nil }
      let (start, end) = (FilmMark(piece: stretch.pieces.lowerBound), end(of: index))
      let isStill = if case .still = stretch.outline.content { true } else { false }
      let room = frame(end) - frame(start)
      if title.cue.duration == nil, title.cue.start == nil, !isStill,
        FrameTimes(rate: rate).frame([Self.titleLength]) < room
      {
        title.cue.duration = Written(Self.titleLength, at: title.cue.text.span)
      }
      return placed(title.cue, start, end: end, &findings).map { (title, $0) }
    }
  }

  private func stops(of index: Int, _ findings: inout Findings) -> [FilmTexts.Placed] {
    let pieces = stretches[index].pieces
    switch stretches[index].outline.content {
    case .still(let still):
      return [
        still.stop.caption.flatMap {
          placed($0, FilmMark(piece: pieces.lowerBound), end: end(of: index), &findings)
        }
      ].compactMap(\.self)
    case .chain(let chain):
      return chain.stops.enumerated().compactMap { place, stop in
        guard let caption = stop.caption else { return nil }
        let next =
          place + 1 < chain.stops.count
          ? mark(of: place + 1, pieces) : end(of: index)
        return placed(caption, mark(of: place, pieces), end: next, &findings)
      }
    case .footage, .broken: return []
    }
  }

  /// Where the keyframe `place` of a chain is first seen.
  private func mark(of place: Int, _ pieces: Range<Int>) -> FilmMark {
    if place < pieces.count { return FilmMark(piece: pieces.lowerBound + place) }
    let last = pieces.upperBound - 1
    return FilmMark(piece: last, .end, offset: -1 - assembly.pieces[last].holdAfter)
  }

  /// Where a sequence ends: where the next one begins to be seen.
  private func end(of index: Int) -> FilmMark {
    let next = stretches[index].pieces.upperBound
    return next < assembly.pieces.count
      ? FilmMark(piece: next) : FilmMark(piece: next - 1, .end)
  }

  private func frame(_ mark: FilmMark) -> Int { mark.frame(in: ranges, of: assembly.frames) }

  private func placed(
    _ cue: PipelineDocument.Cue, _ begin: FilmMark, end: FilmMark, _ findings: inout Findings
  ) -> FilmTexts.Placed? {
    let times = FrameTimes(rate: rate)
    var (start, end) = (begin, end)
    start.offset += times.frame(cue.start.map { [$0.value] } ?? [])
    if let duration = cue.duration {
      end = begin
      end.offset += times.frame([cue.start?.value, duration.value].compactMap(\.self))
    }
    // Counted without the film's bounds, so that what is beyond them is told.
    func exact(_ mark: FilmMark) -> Int {
      var bare = mark
      bare.offset = 0
      return frame(bare) + mark.offset
    }
    let (first, last) = (exact(start), exact(end))
    var placed = FilmTexts.placed(
      cue.text.value, first..<max(first, last), of: assembly.frames, rate, at: cue.text.span,
      "the caption", &findings)
    placed?.cue.start = start
    placed?.cue.end = end
    return placed
  }
}
