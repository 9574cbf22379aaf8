internal import KeyreelCore

/// The luma of a picture at the size on which motion is looked for, and its smaller copies.
struct Pyramid: Sendable {
  /// Luma samples per analysis sample in both directions.
  let factor: Int
  /// Level 0 is the finest; each next one has half its size.
  let levels: [Plane]

  /// Analysing more than 480 samples gains nothing (26.12 dB against 26.11 on the tuning pairs).
  static func factor(for size: PixelSize) -> Int { (max(size.width, size.height) + 479) / 480 }

  init(_ frame: PlanarFrame) {
    factor = Self.factor(for: frame.size)
    var levels = [Self.reduce(frame, by: factor)]
    while let last = levels.last, min(last.width, last.height) >= 28 {
      levels.append(last.halved())
    }
    self.levels = levels
  }

  /// Means over squares of `factor`, stretched from 16…235 to 0…255; leftover edges are cut.
  private static func reduce(_ frame: PlanarFrame, by factor: Int) -> Plane {
    let width = max(1, frame.size.width / factor)
    let height = max(1, frame.size.height / factor)
    var plane = Plane(width: width, height: height)
    let scale = 255 / (219 * Float(factor * factor))
    frame.luma.withUnsafeBufferPointer { luma in
      for y in 0..<height {
        for x in 0..<width {
          var sum = 0
          for row in 0..<factor {
            let start = (y &* factor &+ row) &* frame.size.width &+ x &* factor
            for column in 0..<factor { sum &+= Int(luma[start &+ column]) }
          }
          plane.samples[y &* width &+ x] = Float(sum &- 16 &* factor &* factor) * scale
        }
      }
    }
    return plane
  }
}

/// Where every sample of one picture is found in the other.
struct Flow: Sendable {
  /// Samples to the right.
  var x: Plane
  /// Samples down.
  var y: Plane
  /// How sure it is, 0…1.
  var confidence: Plane

  /// No motion, nothing known.
  init(width: Int, height: Int) {
    x = Plane(width: width, height: height)
    y = x
    confidence = x
  }

  /// The same motion on a level of twice the size.
  func doubled(width: Int, height: Int) -> Flow {
    var flow = self
    flow.x = x.doubled(width: width, height: height, scale: 2)
    flow.y = y.doubled(width: width, height: height, scale: 2)
    flow.confidence = confidence.doubled(width: width, height: height, scale: 1)
    return flow
  }

  /// `picture` as seen through the flow: sample p is `picture` at p + flow(p).
  func warp(_ picture: Plane) -> Plane {
    var result = picture
    let (width, height) = (picture.width, picture.height)
    picture.samples.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      let sample = Sampler(base: base, width: width, height: height)
      x.samples.withUnsafeBufferPointer { fx in
        y.samples.withUnsafeBufferPointer { fy in
          result.samples.withUnsafeMutableBufferPointer { target in
            for row in 0..<height {
              for column in 0..<width {
                let i = row &* width &+ column
                target[i] = sample(Float(column) + fx[i], Float(row) + fy[i])
              }
            }
          }
        }
      }
    }
    return result
  }
}
