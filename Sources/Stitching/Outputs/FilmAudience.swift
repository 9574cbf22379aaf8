internal import KeyreelCore
internal import Media

/// Hands each frame of a film to all that is made of it, so that clips are decoded once.
final class FilmAudience {
  private let takers: [any FrameTaker]
  /// Whether every frame is wanted, so that readers of clips are best kept.
  let isContinuous: Bool

  /// All that is made of `film` beside itself; `nil` when that is nothing.
  init?(
    _ companions: [FilmCompanion], of film: StitchedFilm, sound: SoundTrack?,
    chapters: [FilmChapter], metadata: [(key: String, value: String)]
  ) throws {
    guard !companions.isEmpty else { return nil }
    // Both ends are decoded to check what was encoded whole.
    var whole = film
    whole.encoded = [FilmStretch(start: 0, count: film.frames)]
    takers = try companions.map { companion -> any FrameTaker in
      let (path, ending) = (companion.path, companion.ending)
      switch companion.form {
      case .film: preconditionFailure("the film itself is no companion of itself")
      case .encoded(let codec, let crf):
        return try EncodedFilm(
          codec, crf: crf, ending: ending, at: path, of: whole, sound: sound, chapters: chapters,
          metadata: metadata)
      case .frames: return try FrameFolder(at: path, of: film)
      case .preview(let width):
        return try FilmPreview(width: width, ending: ending, at: path, of: film)
      case .poster(let frame):
        return FilmPoster(frame: frame, ending: ending, at: path, of: film)
      case .sheet: return FilmSheet(ending: ending, at: path, of: film)
      }
    }
    isContinuous = companions.contains {
      switch $0.form {
      case .encoded, .frames, .preview: true
      case .film, .poster, .sheet: false
      }
    }
  }

  /// Shows a frame that was made for the film anyway.
  func show(_ picture: PlanarFrame, at frame: Int) throws {
    for taker in takers where taker.wants(frame) { try taker.take(picture, at: frame) }
  }

  /// Shows the frames whose packets went into the film as they are.
  func show(_ frames: Range<Int>, from desk: PictureDesk, _ token: CancellationToken) throws {
    for frame in frames where takers.contains(where: { $0.wants(frame) }) {
      try token.check()
      // Far apart, frames are found sooner from their key frames.
      if !isContinuous { desk.leave() }
      try show(desk.picture(at: frame), at: frame)
    }
  }

  /// Finishes and checks everything.
  func finish(_ token: CancellationToken) throws {
    for taker in takers { try taker.finish(token) }
  }
}
