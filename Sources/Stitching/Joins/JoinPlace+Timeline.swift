internal import KeyreelCore

extension FilmTimeline {
  /// The places at which `pieces` meet, in film order, without keyframes.
  func joins(of pieces: [Assembly.Piece]) -> [JoinPlace] {
    let count = spans.count - 1 + (closes(pieces) ? 1 : 0)
    return (0..<count).map { join in
      let (left, right) = sides(of: join)
      let (before, after) = (untouched(left), untouched(right))
      return JoinPlace(
        before: pieces[left].label, after: pieces[right].label,
        frame: spans[right].motion.lowerBound, kind: kind(of: pieces[left], pieces[right]),
        framesBefore: FilmStretch(before.suffix(JoinMeter.reach)),
        framesAfter: FilmStretch(after.prefix(JoinMeter.reach)))
    }
  }

  /// The pieces that meet at a join; behind the last one of a film that loops comes its first.
  func sides(of join: Int) -> (before: Int, after: Int) {
    (join, join + 1 < spans.count ? join + 1 : 0)
  }

  /// Whether the film is one chain that ends just before its first picture, so that its end joins its
  /// beginning when it is played in a loop.
  func closes(_ pieces: [Assembly.Piece]) -> Bool {
    let isOneChain = pieces.allSatisfy { piece in
      guard case .clip = piece.source else { return false }
      return piece.dropsLast && piece.crossfade == nil
    }
    // A film that fades to black has no such place.
    guard isOneChain, let first = spans.first, let last = spans.last else { return false }
    return untouched(0).lowerBound == first.motion.lowerBound
      && untouched(spans.count - 1).upperBound == last.motion.upperBound
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
