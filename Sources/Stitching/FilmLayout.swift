internal import KeyreelCore
internal import Media

/// How a film is put together: what is copied, what is encoded between, how the track is described.
struct FilmLayout: Sendable {
  let pieces: [SurveyedPiece]
  let timeline: FilmTimeline
  /// Runs of packets in film order.
  let copies: [CopyRun]
  /// Whether parameter sets stand before every key picture (`avc3`).
  let isInBand: Bool
  /// What the track's header tells.
  let configuration: AVCConfiguration
  /// How frames are encoded that cannot be copied.
  let settings: VideoSettings
  /// The parameter sets of encoded frames; `nil` when all are copied and no encoder is needed.
  let encoderConfiguration: AVCConfiguration?
  /// Frames by which decoding runs ahead of showing, all over the film.
  let delay: Int
  /// What mending changes, by piece.
  let touches: [Int: PieceTouch]

  init(
    _ assembly: Assembly, pieces: [SurveyedPiece], touches: [Int: PieceTouch] = [:],
    lettered: [Range<Int>] = []
  ) throws {
    self.pieces = pieces
    self.touches = touches
    let timeline = try FilmTimeline(assembly, pictures: pieces.map(\.pictures))
    self.timeline = timeline
    copies = pieces.indices.flatMap { index -> [CopyRun] in
      let piece = pieces[index]
      guard piece.isCopyable, case .video(let scan, .each(let first), _) = piece.content else {
        return []
      }
      let offset = first - timeline.spans[index].motion.lowerBound
      return Self.kept(index, timeline, touches).without(lettered).compactMap { film in
        CopyRun(
          piece: index, scan: scan, ranks: film.lowerBound + offset..<film.upperBound + offset,
          filmStart: film.lowerBound)
      }
    }
    delay = copies.map(\.delay).max() ?? 0
    let isAllCopied = copies.reduce(0) { $0 + $1.film.count } == timeline.frames
    let sets = Self.distinctSets(copies, pieces)
    // Ids of its own let encoded and copied frames share one header.
    let taken = sets.reduce(into: Set<Int>()) { $0.formUnion($1.setIDs) }
    let id = (0..<32).first { !taken.contains($0) }
    isInBand = sets.count > 1 || (id == nil && !isAllCopied)
    settings = Self.settings(assembly, setID: isInBand ? 0 : id ?? 0)
    encoderConfiguration = isAllCopied ? nil : try VideoEncoder(settings).configuration
    let header =
      if let own = encoderConfiguration, !isInBand {
        sets.first.map { $0.merged(with: own) } ?? own
      } else {
        sets.first
      }
    guard let header else {
      preconditionFailure("libx264 hands out its parameter sets when asked for a global header")
    }
    configuration = header
  }

  /// The film frames of a piece that show its pictures as they are.
  private static func kept(
    _ piece: Int, _ timeline: FilmTimeline, _ touches: [Int: PieceTouch]
  ) -> Range<Int> {
    let film = timeline.untouched(piece)
    guard let kept = touches[piece]?.kept else { return film }
    let start = timeline.spans[piece].motion.lowerBound
    return film.clamped(to: start + kept.lowerBound..<start + kept.upperBound)
  }

  private static func distinctSets(
    _ copies: [CopyRun], _ pieces: [SurveyedPiece]
  ) -> [AVCConfiguration] {
    var seen: Set<AVCConfiguration> = []
    return copies.compactMap { run in
      guard case .video(let scan, _, _) = pieces[run.piece].content,
        let sets = scan.format.configuration
      else { return nil }
      return seen.insert(sets).inserted ? sets : nil
    }
  }

  private static func settings(_ assembly: Assembly, setID: Int) -> VideoSettings {
    let rate = assembly.frameRate
    // A key frame every two seconds keeps long encoded stretches seekable.
    let interval = max(12, 2 * rate.numerator / rate.denominator)
    return VideoSettings(
      size: assembly.size, frameRate: rate, crf: assembly.crf, keyInterval: interval,
      options: "sps-id=\(setID)")
  }
}
