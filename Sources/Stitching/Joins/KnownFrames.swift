internal import KeyreelCore
internal import Media

/// What is known of film frames without decoding them: of those that are copied from measured clips.
final class KnownFrames {
  private let pieces: [SurveyedPiece]
  private let timeline: FilmTimeline
  private let size: PixelSize
  private let sources: FilmSources
  private let encoded: [Range<Int>]
  private let openings: [Int: Double]
  private let notes: FrameNotes?
  /// Edges of the last pieces asked for.
  private var recent: [(piece: Int, edges: ClipEdges?)] = []

  /// Nothing is known of `encoded` frames but what `openings` says, the motion from the frame before a
  /// stretch to its first one, and what `notes` saw.
  init(
    _ pieces: [SurveyedPiece], timeline: FilmTimeline, size: PixelSize, sources: FilmSources,
    encoded: [Range<Int>] = [], openings: [Int: Double] = [:], notes: FrameNotes? = nil
  ) {
    self.pieces = pieces
    self.timeline = timeline
    self.size = size
    self.sources = sources
    self.encoded = encoded
    self.openings = openings
    self.notes = notes
  }

  func traits(of frame: Int) -> FrameTraits? {
    notes?.traits[frame] ?? place(of: frame).flatMap { $0.edges.traits(of: $0.picture) }
  }

  /// The motion from `frame` to the next.
  func motion(from frame: Int) -> Double? {
    if let found = openings[frame] ?? notes?.motions[frame] { return found }
    guard let (edges, picture) = place(of: frame), picture + 1 < edges.frames,
      !isEncoded(frame + 1)
    else { return nil }
    return edges.motion(from: picture)
  }

  func small(_ frame: Int) -> SmallPicture? {
    place(of: frame).flatMap { $0.edges.smalls[$0.picture] }
  }

  /// What was measured of a piece's clip, if the film shows it one for one.
  func edges(of piece: Int) -> ClipEdges? {
    if let found = recent.first(where: { $0.piece == piece }) { return found.edges }
    var edges: ClipEdges?
    if case .clip(let key) = pieces[piece].piece.source,
      case .video(let scan, .each(from: 0), _) = pieces[piece].content
    {
      edges = sources.edges(key)
      // Of small clips nothing is kept. Both their joins look at most of their frames: they are decoded once.
      if edges == nil, scan.isSmall, scan.format.size == size {
        edges = try? ClipEdges(decoding: scan)
      }
      if let found = edges, found.size != size || found.frames != scan.frames { edges = nil }
    }
    recent = recent.suffix(1) + [(piece, edges)]
    return edges
  }

  private func place(of frame: Int) -> (edges: ClipEdges, picture: Int)? {
    guard !isEncoded(frame) else { return nil }
    let piece = timeline.piece(at: frame)
    guard timeline.untouched(piece).contains(frame), let edges = edges(of: piece) else {
      return nil
    }
    return (edges, frame - timeline.spans[piece].motion.lowerBound)
  }

  private func isEncoded(_ frame: Int) -> Bool {
    var (low, high) = (0, encoded.count)
    while low < high {
      let middle = (low + high) / 2
      if encoded[middle].upperBound <= frame { low = middle + 1 } else { high = middle }
    }
    return low < encoded.count && encoded[low].contains(frame)
  }
}

/// What was seen of a film's frames while they were decoded to check them.
final class FrameNotes {
  /// Longer stretches are measured when it comes to them: a film has many.
  private static let longest = 8

  private let wanted: Set<Int>
  private(set) var traits: [Int: FrameTraits] = [:]
  /// Motion from a frame to the next.
  private(set) var motions: [Int: Double] = [:]
  private var last: (frame: Int, small: SmallPicture)?

  /// Notes of the encoded frames in `windows` and of the frame behind each stretch.
  init(of film: StitchedFilm, at windows: [Range<Int>]) {
    let short = film.encoded.filter { $0.count <= Self.longest }
    wanted = Set(short.flatMap { $0.start...$0.start + $0.count })
      .intersection(windows.joined())
  }

  func note(_ picture: PlanarFrame, at frame: Int) {
    guard wanted.contains(frame) else { return }
    let profile = FrameProfile(picture)
    traits[frame] = profile.traits
    if let last, last.frame == frame - 1 {
      motions[frame - 1] = last.small.motion(to: profile.small)
    }
    last = (frame, profile.small)
  }
}
