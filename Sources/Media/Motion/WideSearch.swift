/// Looks far and wide for motion on a coarse level, so that small things may go a long way.
///
/// Semi-global matching: at each sample every shift has the cost of its square, and the cheapest ways
/// through these costs from eight sides, on which a change of motion costs something, are added up. So
/// a thing's motion is found from all of it, and neither drowns in its surroundings nor is taken for
/// that of the like thing beside it.
struct WideSearch {
  private let width: Int
  private let height: Int
  /// Shifts of up to so many samples are tried.
  private let reachX: Int
  private let reachY: Int
  /// For each sample the costs of all shifts in reading order, in 1/512.
  private var costs: [Int16]
  /// The same for the cheapest ways through them, from all sides.
  private var sums: [Int16]

  private static let unit: Float = 512
  /// Half the side of the compared squares.
  private static let radius = 3
  /// Variance below which a square counts as flat, in squared steps of 255.
  private static let flatness: Float = 8
  /// The cost of a shift out of the other picture, where nothing can be compared.
  private static let outside = Int16(0.5 * unit)
  /// A zoom changes the motion by one sample now and then; only things' edges change it by more.
  private static let step = Int16(0.015 * unit)
  private static let jump = Int16(1.5 * unit)
  /// What a level may hold: its costs take some 0.8 bytes for each square of its samples.
  private static let largestArea = 8192
  private static let sides = [
    (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1),
  ]

  private var columns: Int { 2 * reachX + 1 }
  private var rows: Int { 2 * reachY + 1 }
  private var labels: Int { columns * rows }

  /// The level to begin on: a quarter of the finest one's size, or less if that is still large.
  static func level(of pyramid: Pyramid) -> Int {
    let levels = pyramid.levels
    let found = levels.indices.first { $0 >= 2 && levels[$0].count <= largestArea }
    return found ?? levels.count - 1
  }

  /// The motion from `picture` to `other`, by up to a quarter of the picture; its confidence is unset.
  static func flow(from picture: Plane, to other: Plane) -> Flow {
    var search = WideSearch(picture, other)
    for side in sides { search.walk(side.0, side.1) }
    return search.flow()
  }

  private init(_ picture: Plane, _ other: Plane) {
    (width, height) = (picture.width, picture.height)
    (reachX, reachY) = (max(1, width * 6 / 25), max(1, height / 5))
    costs = [Int16](
      repeating: Self.outside, count: picture.count * (2 * reachX + 1) * (2 * reachY + 1))
    sums = [Int16](repeating: 0, count: costs.count)
    let border = max(reachX, reachY)
    let padded = BlockSearch.padded(other, by: border)
    let variance = BlockSearch.variance(of: picture, radius: Self.radius)
    var window = WindowSums(width: width, height: height, radius: Self.radius)
    var plane = picture
    for label in 0..<labels {
      let (dx, dy) = (label % columns - reachX, label / columns - reachY)
      window.measure(picture, minus: padded, from: (dy + border) * padded.width + dx + border)
      plane.samples.withUnsafeMutableBufferPointer {
        guard let target = $0.baseAddress else { return }
        window.writeCost(against: variance, flatness: Self.flatness, to: target)
      }
      note(plane, label, dx, dy)
    }
  }

  /// Keeps the costs of one shift, where it stays within the other picture.
  private mutating func note(_ plane: Plane, _ label: Int, _ dx: Int, _ dy: Int) {
    // A far shift has to be a little better than a near one.
    let penalty = Float(dx * dx + dy * dy).squareRoot() * 0.1
    let (width, labels) = (width, labels)
    let inside = max(0, -dx)..<min(width, width - dx)
    costs.withUnsafeMutableBufferPointer { costs in
      for y in max(0, -dy)..<min(height, height - dy) {
        for x in inside {
          let i = y &* width &+ x
          costs[i &* labels &+ label] = Int16(plane.samples[i] * Self.unit + penalty)
        }
      }
    }
  }

  /// Adds the cheapest ways that come by steps of (stepX, stepY).
  private mutating func walk(_ stepX: Int, _ stepY: Int) {
    let (width, height, labels) = (width, height, labels)
    var ways = CheapestWays(columns: columns, rows: rows, width: width)
    costs.withUnsafeBufferPointer { costs in
      sums.withUnsafeMutableBufferPointer { sums in
        guard let costs = costs.baseAddress, let sums = sums.baseAddress else { return }
        for turn in 0..<height {
          let y = stepY < 0 ? height - 1 - turn : turn
          for place in 0..<width {
            let x = stepX < 0 ? width - 1 - place : place
            let start = (y * width + x) * labels
            let (fromX, fromY) = (x - stepX, y - stepY)
            let isKnown = fromX >= 0 && fromY >= 0 && fromX < width && fromY < height
            ways.advance(
              to: ways.slot(x, y), from: isKnown ? ways.slot(fromX, fromY) : ways.nowhere,
              step: Self.step, jump: Self.jump, costs + start, addingTo: sums + start)
          }
        }
      }
    }
  }

  /// The cheapest shift at each sample, refined between samples; of equal ones the nearest.
  private func flow() -> Flow {
    var flow = Flow(width: width, height: height)
    let byDistance = (0..<labels).sorted { left, right in
      (distance(left), left) < (distance(right), right)
    }
    sums.withUnsafeBufferPointer { all in
      for i in 0..<(width * height) {
        let sums = all[(i * labels)..<((i + 1) * labels)]
        let start = sums.startIndex
        var best = byDistance[0]
        for label in byDistance where sums[start + label] < sums[start + best] { best = label }
        let (column, row) = (best % columns, best / columns)
        func sum(_ label: Int) -> Float { Float(sums[start + label]) }
        var (dx, dy) = (Float(column - reachX), Float(row - reachY))
        if column > 0, column < columns - 1 {
          dx += FlowSearch.vertex(sum(best - 1), sum(best), sum(best + 1))
        }
        if row > 0, row < rows - 1 {
          dy += FlowSearch.vertex(sum(best - columns), sum(best), sum(best + columns))
        }
        (flow.x.samples[i], flow.y.samples[i]) = (dx, dy)
      }
    }
    return flow
  }

  /// The squared length of a shift.
  private func distance(_ label: Int) -> Int {
    let (dx, dy) = (label % columns - reachX, label / columns - reachY)
    return dx * dx + dy * dy
  }
}

/// The costs of the cheapest ways to two rows of samples, for every shift there.
///
/// All are less the cheapest one's, so that they never grow beyond one square's cost and a jump.
private struct CheapestWays {
  private let columns: Int
  private let rows: Int
  private let width: Int
  private var costs: [Int16]
  private var least: [Int16]

  /// The place before the first one: all ways begin with nothing.
  let nowhere: Int

  /// From row to row of shifts; a border that is never cheapest stands around them.
  private var pitch: Int { columns + 2 }
  private var size: Int { pitch * (rows + 2) }
  private static let never: Int16 = 12_000

  init(columns: Int, rows: Int, width: Int) {
    (self.columns, self.rows, self.width) = (columns, rows, width)
    nowhere = 2 * width
    let size = (columns + 2) * (rows + 2)
    costs = [Int16](repeating: Self.never, count: size * nowhere)
    costs += [Int16](repeating: 0, count: size)
    least = [Int16](repeating: 0, count: nowhere + 1)
  }

  /// Where the ways to a sample are kept until the row after the next.
  func slot(_ x: Int, _ y: Int) -> Int { (y & 1) * width + x }

  /// Goes from one sample to the next, where shifts cost `own`, and adds the ways to `sums`.
  mutating func advance(
    to: Int, from: Int, step: Int16, jump: Int16, _ own: UnsafePointer<Int16>,
    addingTo sums: UnsafeMutablePointer<Int16>
  ) {
    let (columns, rows, pitch, size) = (columns, rows, pitch, size)
    let base = least[from]
    let ceiling = base &+ jump
    var lowest = Int16.max
    costs.withUnsafeMutableBufferPointer { costs in
      guard let costs = costs.baseAddress else { return }
      for row in 0..<rows {
        let inset = (row + 1) * pitch + 1
        let (before, after) = (costs + (from * size + inset), costs + (to * size + inset))
        let (above, below) = (before - pitch, before + pitch)
        let (own, sums) = (own + row * columns, sums + row * columns)
        for i in 0..<columns {
          let beside = Self.less(before[i &- 1], before[i &+ 1])
          let near = Self.less(beside, Self.less(above[i], below[i])) &+ step
          let way = Self.less(Self.less(before[i], near), ceiling) &- base &+ own[i]
          after[i] = way
          sums[i] &+= way
          lowest = Self.less(lowest, way)
        }
      }
    }
    least[to] = lowest
  }

  /// `min`, which is generic and slow where nothing is optimised.
  @inline(__always)
  private static func less(_ left: Int16, _ right: Int16) -> Int16 { left < right ? left : right }
}
