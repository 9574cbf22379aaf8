internal import KeyreelCore

/// A dissolve between unrelated pictures: a slow push into the first, then out of the last.
enum Dissolve {
  /// How much larger a picture gets at most.
  private static let push: Float = 0.12

  /// 0…1 with a gentle start and end.
  static func smooth(_ time: Float) -> Float {
    let t = max(0, min(time, 1))
    return t * t * (3 - 2 * t)
  }

  /// Fills `grid` for the moment `time`, 0…1, of a clip of `size`.
  static func fill(_ grid: inout SamplingGrid, size: PixelSize, time: Float) {
    let eased = smooth(time)
    let weight = smooth((time - 0.2) / 0.6)
    // A picture at zoom z shows, at p, what lies at middle + (p - middle) / z.
    let first = 1 / (1 + push * eased) - 1
    let last = 1 / (1 + push * (1 - eased)) - 1
    let (middleX, middleY) = (Float(size.width - 1) / 2, Float(size.height - 1) / 2)
    let (width, height) = (grid.width, grid.height)
    grid.values.withUnsafeMutableBufferPointer { values in
      guard let values = values.baseAddress else { return }
      for row in 0..<height {
        let y = Float(row * SamplingGrid.spacing) - middleY
        for column in 0..<width {
          let x = Float(column * SamplingGrid.spacing) - middleX
          SamplingGrid.set(
            values, row * width + column, width * height, first: (x * first, y * first),
            last: (x * last, y * last), weight: weight)
        }
      }
    }
  }
}
