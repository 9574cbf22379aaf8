/// Finds where one picture's structures went in another, from coarse to fine.
enum FlowSearch {
  /// How far shifts reach in each round of the coarsest level, and of all others.
  private static let coarsestReaches = [1]
  private static let finerReaches = [2, 1, 1]

  /// The flow from `picture` to `other` on the finest level.
  static func flow(from picture: Pyramid, to other: Pyramid) -> Flow {
    let levels = picture.levels
    let coarsest = WideSearch.level(of: picture)
    var flow = WideSearch.flow(from: levels[coarsest], to: other.levels[coarsest])
    for level in (0...coarsest).reversed() {
      let plane = levels[level]
      let isCoarsest = level == coarsest
      if !isCoarsest { flow = flow.doubled(width: plane.width, height: plane.height) }
      for reach in isCoarsest ? coarsestReaches : finerReaches {
        refine(&flow, plane, other.levels[level], reach: reach, isCoarsest: isCoarsest)
      }
    }
    return flow
  }

  /// Where between its neighbours the cost is lowest, -0.5…0.5.
  ///
  /// The step is held below sqrt(2 · cost / curvature): without this, a perfect match with uneven
  /// neighbours would still move, and a still picture would swim.
  static func vertex(_ before: Float, _ cost: Float, _ after: Float) -> Float {
    let curvature = before - 2 * cost + after
    guard curvature > 1e-6 else { return 0 }
    let step = 0.5 * (before - after) / curvature
    let limit = min(0.5, (2 * cost / curvature).squareRoot())
    return max(-limit, min(step, limit))
  }

  private static func refine(
    _ flow: inout Flow, _ picture: Plane, _ other: Plane, reach: Int, isCoarsest: Bool
  ) {
    let warped = flow.warp(other)
    let search = BlockSearch(picture, in: warped, reach: reach, radius: 3)
    var found = FoundMotion(flow)
    found.observe(search)
    found.observeStillness(picture, other)
    flow = found.smoothed(radius: isCoarsest ? 1 : 4)
  }
}

/// Weighted observations of the motion at every sample, to be averaged with their neighbours.
private struct FoundMotion {
  private let before: Flow
  private var x: Plane
  private var y: Plane
  private var weight: Plane
  private var confidence: Plane

  /// What a place without any observation keeps of the coarser level's motion.
  private static let inertia: Float = 0.002
  /// Variance at which a place is worth half of a richly textured one; the noise of a flat wall.
  private static let flatness: Float = 1
  /// What is left of an observation that points out of the other picture.
  private static let outsideShare: Float = 0.3
  /// The weight of "it did not move" where both pictures agree.
  private static let stillness: Float = 0.005

  init(_ flow: Flow) {
    before = flow
    x = Plane(width: flow.x.width, height: flow.x.height)
    y = x
    weight = x
    confidence = x
  }

  /// Adds the best shifts, refined between samples, each as sure as its cost stands out.
  mutating func observe(_ search: BlockSearch) {
    let (side, count) = (search.side, x.count)
    search.costs.withUnsafeBufferPointer { costs in
      for i in 0..<count {
        let index = Int(search.best[i])
        let cost = costs[index * count + i]
        let (column, row) = (index % side, index / side)
        var dx = Float(column - search.reach)
        var dy = Float(row - search.reach)
        if column > 0, column < side - 1 {
          dx += FlowSearch.vertex(
            costs[(index - 1) * count + i], cost, costs[(index + 1) * count + i])
        }
        if row > 0, row < side - 1 {
          dy += FlowSearch.vertex(
            costs[(index - side) * count + i], cost, costs[(index + side) * count + i])
        }
        let mean = search.mean[i]
        let standing = max(0, mean - cost) / (mean + 0.02) * max(0, 1 - 1.3 * cost)
        let (px, py) = (
          Float(i % x.width) + before.x.samples[i] + dx,
          Float(i / x.width) + before.y.samples[i] + dy
        )
        let isInside = px >= 0 && py >= 0 && px <= Float(x.width - 1) && py <= Float(x.height - 1)
        let variance = search.variance.samples[i]
        // Little is known of flat places and of what lies outside the picture.
        let texture = variance / (variance + Self.flatness)
        let sure = standing * standing * texture * (isInside ? 1 : Self.outsideShare)
        x.samples[i] = (before.x.samples[i] + dx) * sure
        y.samples[i] = (before.y.samples[i] + dy) * sure
        weight.samples[i] = sure
        confidence.samples[i] = sure
      }
    }
  }

  /// Adds a weak "it did not move" where the pictures agree.
  mutating func observeStillness(_ picture: Plane, _ other: Plane) {
    for i in 0..<x.count {
      let difference = picture.samples[i] - other.samples[i]
      weight.samples[i] += Self.stillness / (1 + difference * difference)
    }
  }

  /// The weighted means over neighbours.
  func smoothed(radius: Int) -> Flow {
    var flow = before
    var (sumX, sumY, sum) = (x, y, weight)
    for i in 0..<x.count {
      sumX.samples[i] += before.x.samples[i] * Self.inertia
      sumY.samples[i] += before.y.samples[i] * Self.inertia
      sum.samples[i] += Self.inertia
    }
    sumX.blur(radius: radius, passes: 2)
    sumY.blur(radius: radius, passes: 2)
    sum.blur(radius: radius, passes: 2)
    flow.confidence = confidence
    flow.confidence.blur(radius: radius, passes: 2)
    for i in 0..<x.count {
      let share = 1 / max(sum.samples[i], 1e-6)
      flow.x.samples[i] = sumX.samples[i] * share
      flow.y.samples[i] = sumY.samples[i] * share
    }
    return flow
  }
}
