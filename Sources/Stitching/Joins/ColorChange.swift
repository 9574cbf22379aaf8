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
    guard picture.shape(against: keyframe) <= JoinRules.mostShape else { return nil }
    let spread = (Self.spread(picture.luma), Self.spread(keyframe.luma))
    gain = spread.0 > 4 ? max(0.7, min(spread.1 / spread.0, 1.4)) : 1
    offset = keyframe.light - gain * picture.light
    move = color
    let turned = turned(Self.turn(from: picture, to: keyframe), from: picture, to: keyframe)
    // A tint moves all colours alike: turned around grey, those of its parts would go astray.
    if turned.distance(of: picture, to: keyframe) < distance(of: picture, to: keyframe) {
      self = turned
    }
    let isFar =
      max(abs(light), abs(color.blue), abs(color.red)) > Self.least || abs(gain - 1) > 0.02
      || abs(turn.blue - 1) + abs(turn.red) > 0.03
    guard isFar else { return nil }
  }

  /// The same with colours that are turned by `turn`, and moved so that their means agree.
  private func turned(
    _ turn: (blue: Double, red: Double), from picture: PictureSketch, to keyframe: PictureSketch
  ) -> ColorChange {
    var change = self
    let (blue, red) = (picture.color.blue - 128, picture.color.red - 128)
    change.turn = turn
    change.move.blue = keyframe.color.blue - 128 - (turn.blue * blue - turn.red * red)
    change.move.red = keyframe.color.red - 128 - (turn.blue * red + turn.red * blue)
    return change
  }

  /// How far the parts' colours are from the keyframe's once they are changed; squares.
  private func distance(of picture: PictureSketch, to keyframe: PictureSketch) -> Double {
    let changed = applied(to: picture)
    return picture.blue.indices.reduce(0) { sum, part in
      let (blue, red) = (
        changed.blue[part] - keyframe.blue[part], changed.red[part] - keyframe.red[part]
      )
      return sum + blue * blue + red * red
    }
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
      let (blue, red) = changed(Double(frame.blue[place]), Double(frame.red[place]))
      frame.blue[place] = Self.sample(blue)
      frame.red[place] = Self.sample(red)
    }
    return frame
  }

  /// `picture` with its light and colours changed.
  func applied(to picture: PictureSketch) -> PictureSketch {
    var picture = picture
    picture.luma = picture.luma.map { $0 * gain + offset }
    for part in picture.blue.indices {
      (picture.blue[part], picture.red[part]) = changed(picture.blue[part], picture.red[part])
    }
    return picture
  }

  private func changed(_ blue: Double, _ red: Double) -> (blue: Double, red: Double) {
    let (blue, red) = (blue - 128, red - 128)
    return (
      128 + turn.blue * blue - turn.red * red + move.blue,
      128 + turn.blue * red + turn.red * blue + move.red
    )
  }

  private static func sample(_ value: Double) -> UInt8 { UInt8(max(1, min(value.rounded(), 254))) }
}
