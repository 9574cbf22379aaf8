/// A place in a film that follows its pieces: where clips come longer or shorter than planned, it moves.
public struct FilmMark: Hashable, Sendable, Codable {
  /// The end of a piece from which frames are counted.
  public enum Edge: String, Hashable, Sendable, Codable {
    /// Its first film frame.
    case start
    /// The film frame behind its last one.
    case end
  }

  /// 0-based index of a piece; `nil` counts from the film's own first frame.
  public var piece: Int?
  /// Which end of the piece.
  public var edge: Edge
  /// Film frames behind it; negative ones stand before it.
  public var offset: Int

  /// `offset` frames behind the `edge` of `piece`, or behind the film's beginning.
  public init(piece: Int? = nil, _ edge: Edge = .start, offset: Int = 0) {
    self.piece = piece
    self.edge = edge
    self.offset = offset
  }

  /// The 0-based film frame, within `0...frames`, where pieces really stand at `ranges`.
  public func frame(in ranges: [Range<Int>], of frames: Int) -> Int {
    let base =
      piece.flatMap { ranges.indices.contains($0) ? ranges[$0] : nil }
      .map { edge == .start ? $0.lowerBound : $0.upperBound } ?? 0
    return max(0, min(base + offset, frames))
  }

  func write(to text: inout JSONText) {
    text.array {
      if let piece { $0.value(piece) } else { $0.null() }
      $0.value(edge.rawValue)
      $0.value(offset)
    }
  }
}

extension Assembly {
  /// The film frames that each piece touches if all clips come as planned.
  public var plannedRanges: [Range<Int>] {
    var end = 0
    return pieces.map { piece in
      let overlap = piece.crossfade?.handles == .overlap ? piece.crossfade?.frames ?? 0 : 0
      let start = end - overlap
      end += piece.filmFrames
      return start..<max(start, end)
    }
  }
}
