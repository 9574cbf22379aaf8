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

  init(
    _ pieces: [SurveyedPiece], timeline: FilmTimeline, size: PixelSize, sources: FilmSources
  ) {
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
  }

  private func picture(_ index: Int, of piece: Int) throws -> PlanarFrame {
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
      let rank = ranks.rank(of: index)
      let reader = try readers[piece] ?? PictureReader(scan, from: rank, size: size, fit: fit)
      readers[piece] = reader
      return try reader.picture(rank)
    }
  }
}
