internal import Dispatch
internal import KeyreelCore
internal import Media
internal import Synchronization

/// Measures the joins of a film on the clips that it is made of, before anything is written.
///
/// Nothing is decoded where the clips were measured on arrival. Otherwise the frames around joins are:
/// of a clip with one group of pictures that is all of it, of clips with short groups a few dozen.
struct JoinSurvey: Sendable {
  /// As many joins are worth a thread of their own, of which there are a few.
  private static let (fairShare, mostThreads) = (32, 4)

  let pieces: [SurveyedPiece]
  let timeline: FilmTimeline
  let size: PixelSize
  let sources: FilmSources

  private var known: KnownFrames {
    KnownFrames(pieces, timeline: timeline, size: size, sources: sources)
  }

  /// The joins with their keyframes, in film order.
  func places() throws -> [JoinPlace] {
    var places = timeline.joins(of: pieces.map(\.piece))
    for index in places.indices where [.chained, .held].contains(places[index].kind) {
      // As it will stand in the manifest: measured again, it gives the same figures.
      places[index].keyframe = try keyframe(
        of: timeline.sides(of: index).after, at: .first)?.rounded
    }
    return places
  }

  /// What is found at `places` when nothing is mended.
  func verdicts(_ places: [JoinPlace], _ token: CancellationToken) throws -> [JoinVerdict] {
    let threads = max(1, min(Self.mostThreads, places.count / Self.fairShare))
    let found = Mutex<[Int: Result<[JoinVerdict], any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      let share = places.count * thread / threads..<places.count * (thread + 1) / threads
      let verdicts = Result {
        let known = known
        return try places[share].map { JoinVerdict($0, try figures(at: $0, known, [:], token)) }
      }
      found.withLock { $0[thread] = verdicts }
    }
    let verdicts = found.withLock(\.self)
    return try (0..<threads).flatMap { try verdicts[$0]?.get() ?? [] }
  }

  /// `verdicts` with the figures of the mended frames where words will hide them from the film's judge.
  func bare(
    _ verdicts: [JoinVerdict], under lettered: [Range<Int>], _ touches: [Int: PieceTouch],
    _ token: CancellationToken
  ) throws -> [JoinVerdict] {
    guard !lettered.isEmpty, !touches.isEmpty else { return verdicts }
    return try verdicts.map { verdict in
      let place = verdict.place
      guard !verdict.remedies.isEmpty,
        lettered.contains(where: { frames in place.windows.contains { $0.overlaps(frames) } })
      else { return verdict }
      // What was measured on arrival is not what is shown after mending.
      return JoinVerdict(
        place, try figures(at: place, nil, touches, token), remedies: verdict.remedies,
        unmended: verdict.unmended)
    }
  }

  private func figures(
    at place: JoinPlace, _ known: KnownFrames?, _ touches: [Int: PieceTouch],
    _ token: CancellationToken
  ) throws -> JoinFigures {
    try token.check()
    func fresh() -> PictureDesk {
      PictureDesk(pieces, timeline: timeline, size: size, sources: sources, touches: touches)
    }
    var (desk, last) = (fresh(), 0)
    return try JoinGauge(known: known) { frame in
      // Behind the end of a film that loops comes its beginning.
      if frame < last { desk = fresh() }
      last = frame
      return try desk.picture(at: frame)
    }.figures(at: place)
  }

  /// Light and colours of the 0-based `picture` of a piece, as its source has it.
  func sketch(of picture: Int, in piece: Int) throws -> PictureSketch {
    if let traits = known.edges(of: piece)?.traits(of: picture) { return traits.sketch }
    let desk = PictureDesk(pieces, timeline: timeline, size: size, sources: sources)
    return PictureSketch(try desk.original(picture, of: piece))
  }

  /// The authored keyframe at one end of a piece; `nil` where none was authored.
  func keyframe(of piece: Int, at end: ClipEnd) throws -> PictureSketch? {
    guard case .clip(let key) = pieces[piece].piece.source else { return nil }
    return try sources.sketch(key, end, size)
  }
}
