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
      places[index].keyframe = try keyframe(of: timeline.sides(of: index).after)
    }
    return places
  }

  /// What is found at `places` when nothing is mended.
  func verdicts(_ places: [JoinPlace], _ token: CancellationToken) throws -> [JoinVerdict] {
    try places.map { place in
      try token.check()
      var desk = PictureDesk(pieces, timeline: timeline, size: size, sources: sources)
      var last = 0
      func profiles(_ frames: FilmStretch) throws -> [FrameProfile] {
        // Behind the end of a film that loops comes its beginning.
        if frames.start < last {
          desk = PictureDesk(pieces, timeline: timeline, size: size, sources: sources)
        }
        last = frames.start
        return try frames.range.map { FrameProfile(try desk.picture(at: $0)) }
      }
      let meter = JoinMeter(
        before: try profiles(place.framesBefore), after: try profiles(place.framesAfter),
        keyframe: place.keyframe, kind: place.kind)
      return JoinVerdict(place, meter.figures)
    }
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
