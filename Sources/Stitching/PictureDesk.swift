internal import KeyreelCore
internal import Media

/// Makes film frames from their sources, forwards only; holds one picture of at most two pieces.
final class PictureDesk {
  private let pieces: [SurveyedPiece]
  private let timeline: FilmTimeline
  private let size: PixelSize
  private let sources: FilmSources
  private var readers: [Int: PictureReader] = [:]
  private var stills: [Int: PlanarFrame] = [:]
  private let touches: [Int: PieceTouch]
  private let known: KnownFrames?
  /// The last two pictures that were read, for those that stand between them.
  private var recent: [(piece: Int, index: Int, picture: PlanarFrame)] = []
  private var way: (piece: Int, start: Int, frames: InBetweener)?

  /// `known` may have kept pictures that are far from a key frame.
  init(
    _ pieces: [SurveyedPiece], timeline: FilmTimeline, size: PixelSize, sources: FilmSources,
    touches: [Int: PieceTouch] = [:], known: KnownFrames? = nil
  ) {
    self.touches = touches
    self.known = known
    self.pieces = pieces
    self.timeline = timeline
    self.size = size
    self.sources = sources
  }

  /// The pixels of 0-based film frame `frame`.
  func picture(at frame: Int) throws -> PlanarFrame {
    let shot = timeline.shot(at: frame)
    var result = try picture(shot.picture, of: shot.piece)
    if let over = shot.over {
      let coming = try picture(over.picture, of: shot.piece + 1)
      result = result.mixed(with: coming, weight: over.weight, of: over.whole)
    }
    if let light = shot.light {
      result = result.mixed(
        with: .black(size), weight: light.whole - light.part, of: light.whole)
    }
    return result
  }

  /// Forgets everything: the next frames are far from those before.
  func leave() {
    readers = [:]
    stills = [:]
    recent = []
    way = nil
  }

  /// The 0-based picture of a piece as the film shows it: mended, where that was asked for.
  private func picture(_ index: Int, of piece: Int) throws -> PlanarFrame {
    guard let touch = touches[piece] else { return try original(index, of: piece) }
    if let bridge = touch.bridging(index) {
      let frames = try between(piece, bridge.start) {
        (
          try colored(try original(bridge.start, of: piece), touch, bridge.start),
          // Behind the end of a film that loops comes its beginning.
          try picture(0, of: piece + 1 < pieces.count ? piece + 1 : 0)
        )
      }
      return frames.frame(bridge.part, of: bridge.whole + 1)
    }
    let position = touch.position(of: index)
    guard position.part > 0 else {
      return try colored(try original(position.lower, of: piece), touch, index)
    }
    let frames = try between(piece, position.lower) {
      (try original(position.lower, of: piece), try original(position.lower + 1, of: piece))
    }
    return try colored(frames.frame(position.part, of: position.whole + 1), touch, index)
  }

  private func colored(
    _ picture: PlanarFrame, _ touch: PieceTouch, _ index: Int
  ) throws -> PlanarFrame {
    touch.colors.map { $0.change(at: index).applied(to: picture) } ?? picture
  }

  /// What stands between the two pictures that `ends` fetches, the first of which is `start`.
  private func between(
    _ piece: Int, _ start: Int, _ ends: () throws -> (PlanarFrame, PlanarFrame)
  ) throws -> InBetweener {
    if let way, way.piece == piece, way.start == start { return way.frames }
    let (first, last) = try ends()
    let frames = InBetweener(first, last, threads: 2)
    way = (piece, start, frames)
    return frames
  }

  /// The 0-based picture of a piece as its source has it; not before the last two asked for.
  func original(_ index: Int, of piece: Int) throws -> PlanarFrame {
    if let known = recent.first(where: { $0.piece == piece && $0.index == index }) {
      return known.picture
    }
    let picture = try read(index, of: piece)
    recent = recent.suffix(1) + [(piece, index, picture)]
    return picture
  }

  private func read(_ index: Int, of piece: Int) throws -> PlanarFrame {
    // Pieces that are over make room.
    readers = readers.filter { $0.key >= piece - 1 }
    stills = stills.filter { $0.key >= piece - 1 }
    switch pieces[piece].content {
    case .still(let use):
      if let still = stills[piece] { return still }
      let still = try PlanarFrame(sources.still(use), fittedInto: size)
      stills[piece] = still
      return still
    case .video(let scan, let ranks, let fit):
      if let kept = known?.edges(of: piece)?.pictures[index],
        let picture = try? LosslessPicture.decode(kept, size: size)
      {
        return picture
      }
      let rank = ranks.rank(of: index)
      // Long stretches are decoded and encoded at once; short ones are over before threads have started.
      let threads = pieces[piece].isCopyable ? 1 : 2
      let reader =
        try readers[piece]
        ?? PictureReader(scan, from: rank, size: size, fit: fit, threads: threads)
      readers[piece] = reader
      return try reader.picture(rank)
    }
  }
}
