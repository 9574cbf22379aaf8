/// One channel of a picture as floats, rows from the top, no padding.
struct Plane: Sendable {
  let width: Int
  let height: Int
  var samples: [Float]

  init(width: Int, height: Int, repeating value: Float = 0) {
    self.width = width
    self.height = height
    samples = [Float](repeating: value, count: width * height)
  }

  var count: Int { width * height }

  /// Half the size: sample (x, y) is the mean of the 3 × 3 samples around (2x, 2y).
  func halved() -> Plane {
    var half = Plane(width: (width + 1) / 2, height: (height + 1) / 2)
    let smooth = blurred(radius: 1)
    for y in 0..<half.height {
      for x in 0..<half.width {
        half.samples[y * half.width + x] = smooth.samples[2 * y * width + 2 * x]
      }
    }
    return half
  }

  /// Twice the size, or one sample less; values in between are interpolated.
  func doubled(width newWidth: Int, height newHeight: Int, scale: Float) -> Plane {
    var result = Plane(width: newWidth, height: newHeight)
    for y in 0..<newHeight {
      let top = min(y / 2, height - 1) * width
      let bottom = min((y + 1) / 2, height - 1) * width
      for x in 0..<newWidth {
        let left = min(x / 2, width - 1)
        let right = min((x + 1) / 2, width - 1)
        let sum =
          samples[top + left] + samples[top + right] + samples[bottom + left]
          + samples[bottom + right]
        result.samples[y * newWidth + x] = sum * 0.25 * scale
      }
    }
    return result
  }

  /// The mean over a square of `2 · radius + 1`, cut at the edges.
  func blurred(radius: Int) -> Plane {
    var result = self
    result.blur(radius: radius, passes: 1)
    return result
  }

  /// Blurs in place, `passes` times.
  mutating func blur(radius: Int, passes: Int) {
    let (width, height) = (width, height)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count + width) { scratch in
      samples.withUnsafeMutableBufferPointer { samples in
        guard let samples = samples.baseAddress, let scratch = scratch.baseAddress else { return }
        for _ in 0..<passes {
          BoxBlur.rows(samples, into: scratch, width: width, height: height, radius: radius)
          BoxBlur.columns(scratch, into: samples, width: width, height: height, radius: radius)
        }
      }
    }
  }
}

/// Running means over rows and columns; at the edges only samples of the picture count.
enum BoxBlur {
  static func rows(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, width: Int,
    height: Int, radius: Int
  ) {
    for y in 0..<height {
      let from = source + y * width
      let to = target + y * width
      var sum: Float = 0
      for x in 0..<min(radius, width) { sum += from[x] }
      var count = min(radius, width)
      for x in 0..<width {
        if x &+ radius < width {
          sum += from[x &+ radius]
          count &+= 1
        }
        if x > radius {
          sum -= from[x &- radius &- 1]
          count &-= 1
        }
        to[x] = sum / Float(count)
      }
    }
  }

  /// `source` has room for one more row, which is used for the running sums.
  static func columns(
    _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>, width: Int,
    height: Int, radius: Int
  ) {
    let sums = source + width * height
    sums.update(repeating: 0, count: width)
    var count = min(radius, height)
    for y in 0..<count {
      let row = source + y * width
      for x in 0..<width { sums[x] += row[x] }
    }
    for y in 0..<height {
      if y + radius < height {
        let row = source + (y + radius) * width
        for x in 0..<width { sums[x] += row[x] }
        count += 1
      }
      if y > radius {
        let row = source + (y - radius - 1) * width
        for x in 0..<width { sums[x] -= row[x] }
        count -= 1
      }
      let factor = 1 / Float(count)
      let to = target + y * width
      for x in 0..<width { to[x] = sums[x] * factor }
    }
  }
}

/// Reads `plane` between its samples; positions outside are moved to the edge.
struct Sampler {
  let base: UnsafePointer<Float>
  let width: Int
  let height: Int

  @inline(__always)
  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    let cx = max(0, min(x, Float(width &- 1)))
    let cy = max(0, min(y, Float(height &- 1)))
    let ix = Int(cx)
    let iy = Int(cy)
    let fx = cx - Float(ix)
    let fy = cy - Float(iy)
    let top = base + iy &* width
    let bottom = iy &+ 1 < height ? top + width : top
    let right = ix &+ 1 < width ? ix &+ 1 : ix
    let upper = top[ix] + (top[right] - top[ix]) * fx
    let lower = bottom[ix] + (bottom[right] - bottom[ix]) * fx
    return upper + (lower - upper) * fy
  }
}
