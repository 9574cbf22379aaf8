/// How well two pictures agree once their motion is undone, and where the motion cannot be trusted.
enum Agreement {
  /// From this score on, pictures are morphed; below, they are dissolved.
  ///
  /// Measured at 832x480: unrelated pictures score at most 0.26, shots on both sides of a cut 0.33,
  /// frames of one shot at least 0.54. At 0.39 (a lake at dusk and at night) the land still moves well
  /// but the sky smears, and the dissolve looks better.
  static let threshold: Float = 0.42

  /// 0 for unrelated pictures, 1 for equal ones: their normalised correlation, weighted by texture.
  static func score(_ picture: Plane, _ other: Plane, _ flow: Flow) -> Float {
    let warped = flow.warp(other)
    let radius = 3
    let own = Moments(picture, picture, radius: radius)
    let mixed = Moments(picture, warped, radius: radius)
    let theirs = Moments(warped, warped, radius: radius)
    var sum: Float = 0
    var whole: Float = 0
    for i in 0..<picture.count {
      let (a, b) = (max(0, own.covariance[i]), max(0, theirs.covariance[i]))
      let weight = a / (a + 20)
      sum += weight * max(0, mixed.covariance[i]) / ((a * b).squareRoot() + 20)
      whole += weight * a / (a + 20)
    }
    // Two flat pictures have nothing to disagree on, and nothing to move either.
    return whole > 0 ? sum / whole : 0
  }

  /// By how much the light differs: the mean difference of brightness, once motion is undone.
  static func relighting(_ picture: Plane, _ other: Plane, _ flow: Flow) -> Float {
    var difference = flow.warp(other)
    for i in 0..<picture.count { difference.samples[i] -= picture.samples[i] }
    difference.blur(radius: 8, passes: 1)
    var sum: Float = 0
    for sample in difference.samples { sum += abs(sample) }
    return sum / Float(picture.count)
  }

  /// Draws untrusted vectors of `flow` towards their trusted neighbours, or to rest.
  ///
  /// A vector is trusted as far as going there and back again ends where it began.
  static func veto(_ flow: inout Flow, against back: Flow) {
    let trust = trust(in: flow, against: back)
    let (x, y) = (flow.x, flow.y)
    var (sumX, sumY, sum) = (x, y, trust)
    for i in 0..<x.count {
      sumX.samples[i] *= trust.samples[i]
      sumY.samples[i] *= trust.samples[i]
    }
    sumX.blur(radius: 4, passes: 1)
    sumY.blur(radius: 4, passes: 1)
    sum.blur(radius: 4, passes: 1)
    for i in 0..<x.count {
      let own = trust.samples[i]
      let share = (1 - own) / (sum.samples[i] + 0.02)
      flow.x.samples[i] = own * x.samples[i] + share * sumX.samples[i]
      flow.y.samples[i] = own * y.samples[i] + share * sumY.samples[i]
      flow.confidence.samples[i] = flow.confidence.samples[i] * own + 1e-4
    }
    flow.x.blur(radius: 2, passes: 1)
    flow.y.blur(radius: 2, passes: 1)
    flow.confidence.blur(radius: 2, passes: 1)
  }

  private static func trust(in flow: Flow, against back: Flow) -> Plane {
    var trust = flow.x
    let (width, height) = (trust.width, trust.height)
    back.x.samples.withUnsafeBufferPointer { backX in
      back.y.samples.withUnsafeBufferPointer { backY in
        guard let baseX = backX.baseAddress, let baseY = backY.baseAddress else { return }
        let sampleX = Sampler(base: baseX, width: width, height: height)
        let sampleY = Sampler(base: baseY, width: width, height: height)
        for row in 0..<height {
          for column in 0..<width {
            let i = row * width + column
            let (dx, dy) = (flow.x.samples[i], flow.y.samples[i])
            let (px, py) = (Float(column) + dx, Float(row) + dy)
            let isInside = px >= 0 && py >= 0 && px <= Float(width - 1) && py <= Float(height - 1)
            let (ex, ey) = (dx + sampleX(px, py), dy + sampleY(px, py))
            // Where the picture was left nothing can be checked.
            // The fourth power: errors of a sample are normal, errors of three are mistakes.
            let square = ex * ex + ey * ey
            let k = isInside ? 16 / (square * square + 16) : 0.5
            trust.samples[i] = isInside ? k * k : k
          }
        }
      }
    }
    return trust
  }
}

/// The covariance of two pictures around every sample.
private struct Moments {
  let covariance: [Float]

  init(_ left: Plane, _ right: Plane, radius: Int) {
    var product = left
    for i in 0..<left.count { product.samples[i] *= right.samples[i] }
    let mean = product.blurred(radius: radius)
    let (meanLeft, meanRight) = (left.blurred(radius: radius), right.blurred(radius: radius))
    var result = mean.samples
    for i in 0..<left.count { result[i] -= meanLeft.samples[i] * meanRight.samples[i] }
    covariance = result
  }
}
