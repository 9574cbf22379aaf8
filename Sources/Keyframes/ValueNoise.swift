/// Smooth noise between 0 and 1 from whole-number hashes: the same on every machine.
struct ValueNoise {
  private let seed: UInt32

  init(seed: UInt32) { self.seed = seed &* 0x9E37_79B9 }

  /// An unrelated value for every pair of whole numbers.
  func hash(_ x: Int, _ y: Int) -> Float {
    var value =
      UInt32(truncatingIfNeeded: x) &* 0x85EB_CA6B ^ UInt32(truncatingIfNeeded: y) &* 0xC2B2_AE35
    value = (value ^ seed) &* 0x27D4_EB2F
    value = (value ^ value >> 15) &* 0x2C1B_3C6D
    value ^= value >> 13
    return Float(value >> 8) / 16_777_216
  }

  /// Noise with a detail about every unit of length.
  func value(_ x: Float, _ y: Float = 0) -> Float {
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (column, row) = (Int(left), Int(top))
    let (across, along) = (Self.ease(x - left), Self.ease(y - top))
    let upper = mix(hash(column, row), hash(column + 1, row), across)
    guard along > 0 else { return upper }
    return mix(upper, mix(hash(column, row + 1), hash(column + 1, row + 1), across), along)
  }

  /// Sum of `octaves` noises, each twice as fine and half as strong, between 0 and 1.
  func fractal(_ x: Float, _ y: Float = 0, octaves: Int) -> Float {
    var (sum, total, strength, scale) = (Float(0), Float(0), Float(1), Float(1))
    for octave in 0..<octaves {
      let shift = Float(octave) * 17.3
      sum += strength * value(x * scale + shift, y * scale + (y == 0 ? 0 : shift))
      total += strength
      strength /= 2
      scale *= 2
    }
    return sum / total
  }

  private static func ease(_ x: Float) -> Float { x * x * (3 - 2 * x) }
}

/// From `a` at 0 to `b` at 1.
func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

/// From 0 below `low` to 1 above `high`, smoothly.
func step(_ low: Float, _ high: Float, _ x: Float) -> Float {
  let t = min(1, max(0, (x - low) / (high - low)))
  return t * t * (3 - 2 * t)
}
