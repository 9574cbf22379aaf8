internal import KeyreelCore

extension FilmTimeline {
  /// The places at which `pieces` meet, in film order, without keyframes.
  func joins(of pieces: [Assembly.Piece]) -> [JoinPlace] {
    spans.indices.dropFirst().map { index in
      let (before, after) = (untouched(index - 1), untouched(index))
      return JoinPlace(
        before: pieces[index - 1].label, after: pieces[index].label,
        frame: spans[index].motion.lowerBound, kind: kind(of: pieces[index - 1], pieces[index]),
        framesBefore: FilmStretch(before.suffix(JoinMeter.reach)),
        framesAfter: FilmStretch(after.prefix(JoinMeter.reach)))
    }
  }

  private func kind(of before: Assembly.Piece, _ after: Assembly.Piece) -> JoinKind {
    if after.crossfade != nil { return .crossfade }
    guard before.dropsLast else { return .cut }
    return after.holdBefore + before.holdAfter > 0 ? .held : .chained
  }
}

extension JoinPlace {
  /// Film frames that are measured, on either side.
  var windows: [Range<Int>] {
    [.chained, .held].contains(kind) ? [framesBefore.range, framesAfter.range] : []
  }
}
