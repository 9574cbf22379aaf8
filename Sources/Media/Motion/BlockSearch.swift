/// Compares a picture with shifted copies of another, block by block.
///
/// The cost of a shift is the variance of the difference over a square, against itself plus the
/// picture's own variance: a change of brightness costs nothing, a wrong structure nearly one.
struct BlockSearch {
  let width: Int
  let height: Int
  /// Shifts of up to so many samples are tried in both directions.
  let reach: Int
  /// Half the side of the compared squares.
  let radius: Int
  /// For each shift, in reading order, the cost at each sample.
  private(set) var costs: [Float]
  /// The best shift's index at each sample.
  private(set) var best: [Int32]
  /// The picture's own variance around each sample.
  let variance: Plane
  /// The mean cost over all shifts.
  private(set) var mean: [Float]

  /// Variance below which a square counts as flat, in squared steps of 255.
  private static let flatness: Float = 8
  /// What each squared sample of a shift adds, so that flat places stay where they are.
  private static let shiftPenalty: Float = 0.02

  var side: Int { 2 * reach + 1 }

  init(_ picture: Plane, in other: Plane, reach: Int, radius: Int) {
    (width, height) = (picture.width, picture.height)
    self.reach = reach
    self.radius = radius
    let count = picture.count
    costs = []
    best = [Int32](repeating: 0, count: count)
    mean = [Float](repeating: 0, count: count)
    let padded = Self.padded(other, by: reach)
    variance = Self.variance(of: picture, radius: radius)
    fill(picture, padded)
  }

  private mutating func fill(_ picture: Plane, _ padded: Plane) {
    let count = picture.count
    var window = WindowSums(width: width, height: height, radius: radius)
    var lowest = [Float](repeating: .infinity, count: count)
    var volume = [Float](repeating: 0, count: count * side * side)
    volume.withUnsafeMutableBufferPointer { volume in
      guard var cost = volume.baseAddress else { return }
      for index in 0..<(side * side) {
        let (dx, dy) = (index % side - reach, index / side - reach)
        let start = (dy + reach) * padded.width + dx + reach
        window.measure(picture, minus: padded, from: start)
        window.writeCost(against: variance, flatness: Self.flatness, to: cost)
        let penalty = Self.shiftPenalty * Float(dx * dx + dy * dy)
        note(cost, Int32(index), penalty, &lowest)
        cost += count
      }
    }
    costs = volume
    let share = 1 / Float(side * side)
    for i in 0..<count { mean[i] *= share }
  }

  /// Remembers the shift at the samples where it is the best so far.
  private mutating func note(
    _ cost: UnsafePointer<Float>, _ index: Int32, _ penalty: Float, _ lowest: inout [Float]
  ) {
    let count = width * height
    lowest.withUnsafeMutableBufferPointer { lowest in
      best.withUnsafeMutableBufferPointer { best in
        mean.withUnsafeMutableBufferPointer { mean in
          for i in 0..<count {
            let value = cost[i]
            let total = value + penalty
            mean[i] += value
            let isBetter = total < lowest[i]
            lowest[i] = isBetter ? total : lowest[i]
            best[i] = isBetter ? index : best[i]
          }
        }
      }
    }
  }

  /// `plane` with its edge samples repeated `border` times around it.
  static func padded(_ plane: Plane, by border: Int) -> Plane {
    var result = Plane(width: plane.width + 2 * border, height: plane.height + 2 * border)
    for y in 0..<result.height {
      let row = max(0, min(y - border, plane.height - 1)) * plane.width
      for x in 0..<result.width {
        result.samples[y * result.width + x] =
          plane.samples[row + max(0, min(x - border, plane.width - 1))]
      }
    }
    return result
  }

  static func variance(of picture: Plane, radius: Int) -> Plane {
    var window = WindowSums(width: picture.width, height: picture.height, radius: radius)
    window.measure(
      picture, minus: Plane(width: picture.width, height: picture.height), from: 0)
    var result = picture
    result.samples.withUnsafeMutableBufferPointer {
      if let target = $0.baseAddress { window.writeVariance(to: target) }
    }
    return result
  }
}

/// Sums of a difference and of its square over squares around every sample.
///
/// Outside the picture the difference at the edge is repeated.
struct WindowSums {
  private let width: Int
  private let height: Int
  private let radius: Int
  private var rowSums: [Float]
  private var rowSquares: [Float]
  private var line: [Float]

  init(width: Int, height: Int, radius: Int) {
    self.width = width
    self.height = height
    self.radius = radius
    rowSums = [Float](repeating: 0, count: width * height)
    rowSquares = rowSums
    line = [Float](repeating: 0, count: width + 2 * radius)
  }

  /// Takes the sums along the rows of `left - right`, where `right`'s first sample is at `start`.
  mutating func measure(_ left: Plane, minus right: Plane, from start: Int) {
    let (width, radius, stride) = (width, radius, right.width)
    left.samples.withUnsafeBufferPointer { left in
      right.samples.withUnsafeBufferPointer { right in
        line.withUnsafeMutableBufferPointer { line in
          rowSums.withUnsafeMutableBufferPointer { sums in
            rowSquares.withUnsafeMutableBufferPointer { squares in
              guard let left = left.baseAddress, let right = right.baseAddress,
                let line = line.baseAddress, let sums = sums.baseAddress,
                let squares = squares.baseAddress
              else { return }
              for y in 0..<height {
                let (a, b) = (left + y * width, right + start + y * stride)
                for x in 0..<width { line[x &+ radius] = a[x] - b[x] }
                for x in 0..<radius {
                  line[x] = line[radius]
                  line[width &+ radius &+ x] = line[width &+ radius &- 1]
                }
                Self.sumAlong(
                  line, sums + y * width, squares + y * width, width: width, radius: radius)
              }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func sumAlong(
    _ line: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>,
    _ squares: UnsafeMutablePointer<Float>, width: Int, radius: Int
  ) {
    for x in 0..<width {
      sums[x] = line[x]
      squares[x] = line[x] * line[x]
    }
    for tap in 1...(2 * radius) {
      let shifted = line + tap
      for x in 0..<width {
        sums[x] += shifted[x]
        squares[x] += shifted[x] * shifted[x]
      }
    }
  }

  /// Writes variance / (variance + `own` + `flatness`).
  func writeCost(against own: Plane, flatness: Float, to target: UnsafeMutablePointer<Float>) {
    let count = width * height
    writeVariance(to: target)
    own.samples.withUnsafeBufferPointer { own in
      for i in 0..<count { target[i] = target[i] / (target[i] + own[i] + flatness) }
    }
  }

  /// Writes the variance of the difference around every sample.
  func writeVariance(to target: UnsafeMutablePointer<Float>) {
    let share = 1 / Float((2 * radius + 1) * (2 * radius + 1))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { means in
      guard let means = means.baseAddress else { return }
      rowSums.withUnsafeBufferPointer { sums in
        rowSquares.withUnsafeBufferPointer { squares in
          guard let sums = sums.baseAddress, let squares = squares.baseAddress else { return }
          for y in 0..<height {
            let to = target + y * width
            means.update(repeating: 0, count: width)
            to.update(repeating: 0, count: width)
            for tap in -radius...radius {
              let row = max(0, min(y + tap, height - 1)) * width
              let (s, q) = (sums + row, squares + row)
              for x in 0..<width {
                means[x] += s[x]
                to[x] += q[x]
              }
            }
            for x in 0..<width {
              let mean = means[x] * share
              to[x] = max(0, to[x] * share - mean * mean)
            }
          }
        }
      }
    }
  }
}
