internal import KeyreelCore
internal import Media

/// Measures the joins of a film on the clips that it is made of, before anything is written.
///
/// Only frames around joins are decoded: of a clip with one group of pictures that is all of it, of
/// clips with short groups a few dozen frames.
struct JoinSurvey {
  let pieces: [SurveyedPiece]
  let timeline: FilmTimeline
  let size: PixelSize
  let sources: FilmSources

  /// The joins with their keyframes, in film order.
  func places() throws -> [JoinPlace] {
    var places = timeline.joins(of: pieces.map(\.piece))
    for index in places.indices where [.chained, .held].contains(places[index].kind) {
      places[index].keyframe = try keyframe(of: index + 1)
    }
    return places
  }

  /// What is found at `places` when nothing is mended.
  func verdicts(_ places: [JoinPlace], _ token: CancellationToken) throws -> [JoinVerdict] {
    try places.map { place in
      JoinVerdict(place, try figures(at: place, [:], token))
    }
  }

  /// `verdicts` with the figures of the mended frames where words will hide them from the film's judge.
  func bare(
    _ verdicts: [JoinVerdict], under lettered: [Range<Int>], _ touches: [Int: PieceTouch],
    _ token: CancellationToken
  ) throws -> [JoinVerdict] {
    guard !lettered.isEmpty, !touches.isEmpty else { return verdicts }
    return try verdicts.map { verdict in
      let place = verdict.place
      let windows = [place.framesBefore.range, place.framesAfter.range]
      guard !verdict.remedies.isEmpty,
        lettered.contains(where: { frames in windows.contains { $0.overlaps(frames) } })
      else { return verdict }
      return JoinVerdict(
        place, try figures(at: place, touches, token), remedies: verdict.remedies,
        unmended: verdict.unmended)
    }
  }

  private func figures(
    at place: JoinPlace, _ touches: [Int: PieceTouch], _ token: CancellationToken
  ) throws -> JoinFigures {
    try token.check()
    let desk = PictureDesk(
      pieces, timeline: timeline, size: size, sources: sources, touches: touches)
    func profiles(_ frames: FilmStretch) throws -> [FrameProfile] {
      try frames.range.map { FrameProfile(try desk.picture(at: $0)) }
    }
    return JoinMeter(
      before: try profiles(place.framesBefore), after: try profiles(place.framesAfter),
      keyframe: place.keyframe, kind: place.kind
    ).figures
  }

  /// The 0-based `picture` of a piece, as its source has it.
  func picture(_ picture: Int, of piece: Int) throws -> PlanarFrame {
    let desk = PictureDesk(pieces, timeline: timeline, size: size, sources: sources)
    return try desk.original(picture, of: piece)
  }

  private func keyframe(of piece: Int) throws -> PictureSketch? {
    guard case .clip(let key) = pieces[piece].piece.source,
      let picture = try sources.keyframe(key, .first)
    else { return nil }
    // As it will stand in the manifest: measured again, it gives the same figures.
    return PictureSketch(try PlanarFrame(picture, fittedInto: size)).rounded
  }
}
