internal import KeyreelCore
internal import Media

/// Hands each frame of a film to all that is made of it, so that clips are decoded once.
final class FilmAudience {
  private let takers: [(taker: any FrameTaker, lettering: Int)]
  /// What is drawn over the frames, each kind once however many files show it.
  private let painters: [TextPainter?]
  /// Whether every frame is wanted, so that readers of clips are best kept.
  let isContinuous: Bool

  /// All that is made of `film` beside itself; `nil` when that is nothing.
  init?(
    _ companions: [FilmCompanion], of film: StitchedFilm, sound: SoundTrack?,
    lettering: FilmLettering, renderer: TextRenderer?, chapters: [FilmChapter],
    metadata: [(key: String, value: String)]
  ) throws {
    guard !companions.isEmpty else { return nil }
    // Both ends are decoded to check what was encoded whole.
    var whole = film
    whole.encoded = [FilmStretch(start: 0, count: film.frames)]
    var kinds: [[Int]] = []
    takers = try companions.map { companion -> (taker: any FrameTaker, lettering: Int) in
      let rows = companion.captions.burnt
      let kind = kinds.firstIndex(of: rows) ?? kinds.count
      if kind == kinds.count { kinds.append(rows) }
      return (
        try Self.taker(
          companion, of: film, whole: whole, sound, lettering, chapters, metadata), kind
      )
    }
    painters = kinds.map { TextPainter(lettering.drawn(with: $0), renderer) }
    isContinuous = companions.contains {
      switch $0.form {
      case .encoded, .frames, .preview: true
      case .film, .poster, .sheet, .captions: false
      }
    }
  }

  private static func taker(
    _ companion: FilmCompanion, of film: StitchedFilm, whole: StitchedFilm, _ sound: SoundTrack?,
    _ lettering: FilmLettering, _ chapters: [FilmChapter],
    _ metadata: [(key: String, value: String)]
  ) throws -> any FrameTaker {
    let (path, ending) = (companion.path, companion.ending)
    switch companion.form {
    case .film: preconditionFailure("the film itself is no companion of itself")
    case .encoded(let codec, let crf):
      return try EncodedFilm(
        codec, crf: crf, ending: ending, at: path, of: whole, sound: sound,
        captions: (companion.captions.tracks, lettering), chapters: chapters, metadata: metadata)
    case .frames: return try FrameFolder(at: path, of: film)
    case .preview(let width):
      return try FilmPreview(width: width, ending: ending, at: path, of: film)
    case .poster(let frame): return FilmPoster(frame: frame, ending: ending, at: path, of: film)
    case .sheet: return FilmSheet(ending: ending, at: path, of: film)
    case .captions(let row, _):
      let cues = lettering.rows.indices.contains(row) ? lettering.rows[row] : []
      return CaptionFile(cues, ending: ending, at: path, of: film)
    }
  }

  /// Shows a frame that was made for the film anyway, still without words.
  func show(_ picture: PlanarFrame, at frame: Int) throws {
    var painted: [Int: PlanarFrame] = [:]
    for (taker, kind) in takers where taker.wants(frame) {
      let seen = try painted[kind] ?? painters[kind]?.painted(picture, at: frame) ?? picture
      painted[kind] = seen
      try taker.take(seen, at: frame)
    }
  }

  /// Shows the frames whose packets went into the film as they are.
  func show(_ frames: Range<Int>, from desk: PictureDesk, _ token: CancellationToken) throws {
    for frame in frames where takers.contains(where: { $0.taker.wants(frame) }) {
      try token.check()
      // Far apart, frames are found sooner from their key frames.
      if !isContinuous { desk.leave() }
      try show(desk.picture(at: frame), at: frame)
    }
  }

  /// Finishes and checks everything.
  func finish(_ token: CancellationToken) throws {
    for (taker, _) in takers { try taker.finish(token) }
  }
}
