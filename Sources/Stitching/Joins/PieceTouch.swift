internal import KeyreelCore

/// What mending changes in one piece's pictures.
struct PieceTouch: Sendable {
  /// Pictures at an end of a piece that are spread anew over their time.
  struct Retiming: Hashable, Sendable {
    /// Pictures that are left out, next to the join.
    var left: Int
    /// Pictures over which the others are spread.
    var over: Int
  }

  /// A place between two of a piece's pictures: `part / whole` of the way from `lower` to the next.
  struct Position: Hashable, Sendable {
    var lower: Int
    var part = 0
    var whole = 1
  }

  /// Pictures that the film shows once each.
  let shown: Int
  var head: Retiming?
  var tail: Retiming?
  /// The last pictures are made anew between the one before them and the next piece's first.
  var bridge: Int?
  var colors: ColorPath?

  init(shown: Int) { self.shown = shown }

  /// The pictures that stay as they are.
  var kept: Range<Int> {
    var kept = 0..<shown
    if let head { kept = kept.clamped(to: head.over..<max(head.over, shown)) }
    for count in [tail?.over, bridge].compactMap(\.self) {
      kept = kept.clamped(to: 0..<max(0, shown - count))
    }
    if let colors { kept = colors.kept(of: kept) }
    return kept
  }

  /// Where picture `index` comes from.
  ///
  /// At the head, `over` pictures are shown of those from `left` on; at the tail, motion that ended
  /// `left` pictures before the keyframe now ends on it. Both meet the rest of the piece exactly.
  func position(of index: Int) -> Position {
    if let head, index < head.over {
      let place = head.left * head.over + index * (head.over - head.left)
      return Position(lower: place / head.over, part: place % head.over, whole: head.over)
    }
    if let tail, index < shown, index > shown - tail.over {
      let start = shown - tail.over
      let place = (index - start) * (tail.over - tail.left)
      return Position(
        lower: start + place / tail.over, part: place % tail.over, whole: tail.over)
    }
    return Position(lower: index)
  }

  /// How far picture `index` is from `start`, the last one before the bridge, to the next piece.
  func bridging(_ index: Int) -> (start: Int, part: Int, whole: Int)? {
    guard let bridge, index < shown, index >= shown - bridge else { return nil }
    let start = shown - bridge - 1
    return (start, index - start, bridge + 1)
  }
}
