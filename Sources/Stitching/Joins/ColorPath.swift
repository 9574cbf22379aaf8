/// How light and colours of a piece are led to the keyframes at its ends.
struct ColorPath: Hashable, Sendable {
  /// Pictures over which a change at one end alone fades away.
  static let ramp = 24

  let first: ColorChange?
  let last: ColorChange?
  /// All pictures of the piece.
  let count: Int

  /// Pictures of `range` that nothing changes.
  func kept(of range: Range<Int>) -> Range<Int> {
    if first != nil && last != nil { return range.lowerBound..<range.lowerBound }
    if first != nil { return range.clamped(to: reach..<max(reach, range.upperBound)) }
    return range.clamped(to: 0..<max(0, count - reach))
  }

  private var reach: Int { min(Self.ramp, count) }

  /// What happens to picture `index`: the changes of both ends blend over the whole piece.
  func change(at index: Int) -> ColorChange {
    let end = Double(max(1, count - 1))
    switch (first, last) {
    case (let first?, let last?):
      let way = Double(index) / end
      return first.scaled(by: 1 - way).and(last.scaled(by: way))
    case (let first?, nil): return first.scaled(by: max(0, 1 - Double(index) / Double(reach)))
    case (nil, let last?):
      return last.scaled(by: max(0, 1 - Double(count - 1 - index) / Double(reach)))
    case (nil, nil): return .none
    }
  }
}
