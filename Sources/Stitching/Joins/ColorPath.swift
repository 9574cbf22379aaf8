internal import KeyreelCore
internal import Media

/// A change of light and colours: luma gets a gain and an offset, colour differences are turned,
/// stretched and moved.
struct ColorChange: Hashable, Sendable {
  var gain = 1.0
  var offset = 0.0
  /// Of the colour differences as a complex number, blue and red.
  var turn = (blue: 1.0, red: 0.0)
  var move = (blue: 0.0, red: 0.0)

  /// Nothing changes.
  static let none = ColorChange()

  private init() {}

  /// Steps by which the means may differ before anything is changed.
  private static let least = 0.4

  /// Leads `picture` to `keyframe`; `nil` when it is there already or is another picture altogether.
  ///
  /// Means and spreads are compared, not pixels: motion that is a frame late must not lower contrast.
  init?(from picture: PictureSketch, to keyframe: PictureSketch) {
    let light = keyframe.light - picture.light
    let color = (
      blue: keyframe.color.blue - picture.color.blue, red: keyframe.color.red - picture.color.red
    )
    let shape = zip(picture.luma, keyframe.luma).map { abs($1 - $0 - light) }.reduce(0, +)
    guard shape / Double(picture.luma.count) <= JoinRules.mostShape else { return nil }
    let spread = (Self.spread(picture.luma), Self.spread(keyframe.luma))
    gain = spread.0 > 4 ? max(0.7, min(spread.1 / spread.0, 1.4)) : 1
    offset = keyframe.light - gain * picture.light
    turn = Self.turn(from: picture, to: keyframe)
    let (blue, red) = (picture.color.blue - 128, picture.color.red - 128)
    move.blue = keyframe.color.blue - 128 - (turn.blue * blue - turn.red * red)
    move.red = keyframe.color.red - 128 - (turn.blue * red + turn.red * blue)
    let isFar =
      max(abs(light), abs(color.blue), abs(color.red)) > Self.least || abs(gain - 1) > 0.02
      || abs(turn.blue - 1) + abs(turn.red) > 0.03
    guard isFar else { return nil }
  }

  private static func spread(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    return (squares / Double(values.count)).squareRoot()
  }

  /// The turn and stretch of colours around grey that fits best.
  private static func turn(
    from picture: PictureSketch, to keyframe: PictureSketch
  ) -> (blue: Double, red: Double) {
    var (real, imaginary, mine, theirs) = (0.0, 0.0, 0.0, 0.0)
    for part in picture.blue.indices {
      let (b, r) = (picture.blue[part] - 128, picture.red[part] - 128)
      let (wantedB, wantedR) = (keyframe.blue[part] - 128, keyframe.red[part] - 128)
      real += b * wantedB + r * wantedR
      imaginary += b * wantedR - r * wantedB
      mine += b * b + r * r
      theirs += wantedB * wantedB + wantedR * wantedR
    }
    let size = (real * real + imaginary * imaginary).squareRoot()
    // Grey pictures have no colours to turn.
    guard mine > 9 * Double(picture.blue.count), size > 0 else { return (1, 0) }
    let stretch = max(0.7, min((theirs / mine).squareRoot(), 1.4))
    return (stretch * real / size, stretch * imaginary / size)
  }

  /// The way from nothing (0) to all of it (1).
  func scaled(by weight: Double) -> ColorChange {
    var change = ColorChange()
    change.gain = 1 + (gain - 1) * weight
    change.offset = offset * weight
    change.turn = (1 + (turn.blue - 1) * weight, turn.red * weight)
    change.move = (move.blue * weight, move.red * weight)
    return change
  }

  /// Both changes, each already scaled to its part.
  func and(_ other: ColorChange) -> ColorChange {
    var change = self
    change.gain += other.gain - 1
    change.offset += other.offset
    change.turn = (turn.blue + other.turn.blue - 1, turn.red + other.turn.red)
    change.move = (move.blue + other.move.blue, move.red + other.move.red)
    return change
  }

  static func == (left: ColorChange, right: ColorChange) -> Bool { left.values == right.values }

  func hash(into hasher: inout Hasher) { hasher.combine(values) }

  private var values: [Double] { [gain, offset, turn.blue, turn.red, move.blue, move.red] }

  /// `frame` with its light and colours changed; samples stay within 1…254.
  func applied(to frame: PlanarFrame) -> PlanarFrame {
    var frame = frame
    let table = (0..<256).map { Self.sample(Double($0) * gain + offset) }
    for place in frame.luma.indices { frame.luma[place] = table[Int(frame.luma[place])] }
    for place in frame.blue.indices {
      let (blue, red) = (Double(frame.blue[place]) - 128, Double(frame.red[place]) - 128)
      frame.blue[place] = Self.sample(128 + turn.blue * blue - turn.red * red + move.blue)
      frame.red[place] = Self.sample(128 + turn.blue * red + turn.red * blue + move.red)
    }
    return frame
  }

  private static func sample(_ value: Double) -> UInt8 { UInt8(max(1, min(value.rounded(), 254))) }
}

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
