internal import KeyreelCore

/// Which pictures stand at which film frame, once it is known how many frames each piece has.
struct FilmTimeline: Hashable, Sendable {
  /// A piece's place in the film.
  struct Span: Hashable, Sendable {
    /// Film frames that the piece touches.
    var range: Range<Int>
    /// Repeats of its first picture at the beginning.
    var holdBefore: Int
    /// Its own pictures that are shown once, from its first on.
    var shown: Int
    /// All its pictures, the one that is left out too.
    var pictures: Int
    /// Film frames in which it is mixed with the piece before.
    var coming: Range<Int>?
    /// Film frames in which it is mixed with the piece behind.
    var leaving: Range<Int>?

    /// The film frames that show its pictures once each.
    var motion: Range<Int> {
      range.lowerBound + holdBefore..<range.lowerBound + holdBefore + shown
    }
  }

  /// Film frames in which two pieces are seen.
  struct Blend: Hashable, Sendable {
    var range: Range<Int>
    /// Index of the piece that goes; the next one comes.
    var leaving: Int
  }

  /// One film frame: a picture, perhaps a second one over it, perhaps darkened.
  struct Shot: Hashable, Sendable {
    var piece: Int
    /// 0-based picture of the piece.
    var picture: Int
    /// The picture of the next piece, and its part in the whole.
    var over: (picture: Int, weight: Int, whole: Int)?
    /// How bright, as a part of the whole.
    var light: (part: Int, whole: Int)?

    static func == (left: Shot, right: Shot) -> Bool {
      left.piece == right.piece && left.picture == right.picture
        && left.over.map { [$0.picture, $0.weight, $0.whole] }
          == right.over.map { [$0.picture, $0.weight, $0.whole] }
        && left.light.map { [$0.part, $0.whole] } == right.light.map { [$0.part, $0.whole] }
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(piece)
      hasher.combine(picture)
    }
  }

  let spans: [Span]
  let blends: [Blend]
  let frames: Int
  private let fadeIn: Int
  private let fadeOut: Int

  /// Lays out `assembly` with `pictures` film frames of each piece, before drops and holds.
  init(_ assembly: Assembly, pictures: [Int]) throws {
    var spans: [Span] = []
    var blends: [Blend] = []
    var end = 0
    for (index, piece) in assembly.pieces.enumerated() {
      let shown = pictures[index] - (piece.dropsLast ? 1 : 0)
      let length = piece.holdBefore + shown + piece.holdAfter
      // Before the first piece there is nothing to overlap with.
      let overlap = index > 0 ? piece.crossfade?.frames ?? 0 : 0
      var coming: Range<Int>?
      guard shown >= 0, length > 0 else { throw Self.tooShort(piece, pictures[index]) }
      let start = end - (piece.crossfade?.handles == .overlap ? overlap : 0)
      if overlap > 0, let before = spans.last {
        // Frozen edges are mixed around the cut, as many on either side.
        let first = piece.crossfade?.handles == .overlap ? start : end - overlap / 2
        let range = first..<first + overlap
        guard range.lowerBound >= max(before.range.lowerBound, blends.last?.range.upperBound ?? 0),
          range.upperBound <= start + length
        else { throw Self.tooShort(piece, pictures[index]) }
        blends.append(Blend(range: range, leaving: index - 1))
        spans[index - 1].leaving = range
        coming = range
      }
      spans.append(
        Span(
          range: start..<start + length, holdBefore: piece.holdBefore, shown: shown,
          pictures: pictures[index], coming: coming))
      end = start + length
    }
    self.spans = spans
    self.blends = blends
    frames = end
    fadeIn = min(assembly.fadeIn, end)
    fadeOut = min(assembly.fadeOut, end)
  }

  /// What stands at 0-based film frame `frame`; `piece` is the one that was there before it, or 0.
  func shot(at frame: Int) -> Shot {
    var shot: Shot
    if let blend = blend(at: frame) {
      let place = frame - blend.range.lowerBound
      shot = Shot(piece: blend.leaving, picture: picture(of: blend.leaving, at: frame))
      shot.over = (picture(of: blend.leaving + 1, at: frame), place + 1, blend.range.count + 1)
    } else {
      let piece = piece(at: frame)
      shot = Shot(piece: piece, picture: picture(of: piece, at: frame))
    }
    shot.light = light(at: frame)
    return shot
  }

  /// The film frames of `piece` that are its own pictures, untouched by blends and fades.
  func untouched(_ piece: Int) -> Range<Int> {
    var range = spans[piece].motion.clamped(to: fadeIn..<max(fadeIn, frames - fadeOut))
    if let coming = spans[piece].coming {
      range = range.clamped(to: coming.upperBound..<max(frames, coming.upperBound))
    }
    if let leaving = spans[piece].leaving { range = range.clamped(to: 0..<leaving.lowerBound) }
    return range
  }

  /// The 0-based picture of `piece` at a film frame; at its edges it stands still.
  private func picture(of piece: Int, at frame: Int) -> Int {
    let span = spans[piece]
    let place = min(frame - span.range.lowerBound, span.range.count - 1)
    if place < span.holdBefore { return 0 }
    // What is held at the end is the last picture, even if it is left out of the motion.
    let own = place - span.holdBefore
    return own < span.shown ? own : span.pictures - 1
  }

  private func light(at frame: Int) -> (part: Int, whole: Int)? {
    // The first and the last frame of a faded film are black.
    let opening = frame < fadeIn ? (part: frame, whole: fadeIn) : nil
    let left = frames - 1 - frame
    let closing = left < fadeOut ? (part: left, whole: fadeOut) : nil
    guard let opening, let closing else { return opening ?? closing }
    return (opening.part * closing.part, opening.whole * closing.whole)
  }

  /// The last piece that has begun at a film frame.
  func piece(at frame: Int) -> Int {
    var (low, high) = (0, spans.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if spans[middle].range.lowerBound <= frame { low = middle } else { high = middle }
    }
    return low
  }

  private func blend(at frame: Int) -> Blend? {
    var (low, high) = (0, blends.count)
    while low < high {
      let middle = (low + high) / 2
      if blends[middle].range.upperBound <= frame { low = middle + 1 } else { high = middle }
    }
    return low < blends.count && blends[low].range.contains(frame) ? blends[low] : nil
  }

  private static func tooShort(_ piece: Assembly.Piece, _ pictures: Int) -> OperationError {
    OperationError(
      .unsupported,
      "\(piece.label): \(pictures) frames are too few for what happens around the piece",
      remedy: "make the crossfade or the cut shorter, or generate the clip again")
  }
}
