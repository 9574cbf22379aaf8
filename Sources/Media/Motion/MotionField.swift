internal import KeyreelCore

/// The motion between two pictures, both ways, at the nodes of the sampling grid.
public struct MotionField: Sendable {
  private let size: PixelSize
  private let width: Int
  private let height: Int
  private let forward: NodeFlow
  private let backward: NodeFlow
  /// What a sample outside its picture still counts.
  ///
  /// Nearly nothing under the same light, where the other picture shows the place better. Under another
  /// light the other picture alone would stand out as a bright or dark border.
  private let leastPresence: Float

  /// Flows of the analysis, where one sample covers `factor` luma samples.
  init(size: PixelSize, forward: Flow, backward: Flow, factor: Int, relighting: Float) {
    self.size = size
    let square = relighting * relighting
    leastPresence = max(0.001, square / (square + 36))
    width = SamplingGrid.nodes(size.width)
    height = SamplingGrid.nodes(size.height)
    self.forward = NodeFlow(forward, factor: factor, width: width, height: height)
    self.backward = NodeFlow(backward, factor: factor, width: width, height: height)
  }

  /// Fills `grid` for the moment `time`, 0…1.
  ///
  /// Both flows are followed to the moment by three fixed-point steps and mixed by their confidence.
  func fill(_ grid: inout SamplingGrid, time: Float) {
    let (width, height, count) = (width, height, width * height)
    let toNode = 1 / Float(SamplingGrid.spacing)
    grid.values.withUnsafeMutableBufferPointer { values in
      guard let values = values.baseAddress else { return }
      forward.withSampler { forward in
        backward.withSampler { backward in
          for row in 0..<height {
            for column in 0..<width {
              let (x, y) = (Float(column), Float(row))
              let there = forward.followed(x, y, time * toNode)
              let back = backward.followed(x, y, (1 - time) * toNode)
              let trustThere = there.confidence * (1 - time)
              let trustBack = back.confidence * time
              let share = 1 / (trustThere + trustBack + 1e-9)
              let moveX = (there.x * trustThere - back.x * trustBack) * share
              let moveY = (there.y * trustThere - back.y * trustBack) * share
              set(values, row &* width &+ column, count, x, y, moveX, moveY, time)
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func set(
    _ values: UnsafeMutablePointer<Int32>, _ index: Int, _ count: Int, _ column: Float,
    _ row: Float, _ moveX: Float, _ moveY: Float, _ time: Float
  ) {
    let spacing = Float(SamplingGrid.spacing)
    let (x, y) = (column * spacing, row * spacing)
    let first = (x: -time * moveX, y: -time * moveY)
    let last = (x: (1 - time) * moveX, y: (1 - time) * moveY)
    let seenFirst = (1 - time) * presence(x + first.x, y + first.y)
    let seenLast = time * presence(x + last.x, y + last.y)
    SamplingGrid.set(
      values, index, count, first: first, last: last, weight: seenLast / (seenFirst + seenLast))
  }

  /// 1 inside the picture, falling to the least over eight samples outside of it.
  @inline(__always)
  private func presence(_ x: Float, _ y: Float) -> Float {
    let outX = max(0, max(-x, x - Float(size.width)))
    let outY = max(0, max(-y, y - Float(size.height)))
    return max(leastPresence, 1 - max(outX, outY) * 0.125)
  }
}

/// One flow at the grid's nodes, in luma samples.
private struct NodeFlow: Sendable {
  private let width: Int
  private let height: Int
  private let x: Plane
  private let y: Plane
  private let confidence: Plane

  init(_ flow: Flow, factor: Int, width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    x = Self.resampled(flow.x, factor: factor, width: width, height: height, scale: Float(factor))
    y = Self.resampled(flow.y, factor: factor, width: width, height: height, scale: Float(factor))
    confidence = Self.resampled(
      flow.confidence, factor: factor, width: width, height: height, scale: 1)
  }

  private static func resampled(
    _ plane: Plane, factor: Int, width: Int, height: Int, scale: Float
  ) -> Plane {
    var result = Plane(width: width, height: height)
    // The analysis sample i is the mean around luma sample factor · i + (factor - 1) / 2.
    let middle = Float(factor - 1) / 2
    let step = Float(SamplingGrid.spacing)
    plane.samples.withUnsafeBufferPointer { samples in
      guard let base = samples.baseAddress else { return }
      let sample = Sampler(base: base, width: plane.width, height: plane.height)
      for row in 0..<height {
        for column in 0..<width {
          let px = (Float(column) * step - middle) / Float(factor)
          let py = (Float(row) * step - middle) / Float(factor)
          result.samples[row * width + column] = sample(px, py) * scale
        }
      }
    }
    return result
  }

  /// Calls `body` with a reader of the three planes.
  func withSampler(_ body: (NodeSampler) -> Void) {
    x.samples.withUnsafeBufferPointer { x in
      y.samples.withUnsafeBufferPointer { y in
        confidence.samples.withUnsafeBufferPointer { confidence in
          guard let x = x.baseAddress, let y = y.baseAddress,
            let confidence = confidence.baseAddress
          else { return }
          body(NodeSampler(x: x, y: y, confidence: confidence, width: width, height: height))
        }
      }
    }
  }
}

/// Reads the three planes of a flow between the nodes.
private struct NodeSampler {
  let x: UnsafePointer<Float>
  let y: UnsafePointer<Float>
  let confidence: UnsafePointer<Float>
  let width: Int
  let height: Int

  /// The motion that passes the node (column, row) after the share `time` of its way.
  @inline(__always)
  func followed(
    _ column: Float, _ row: Float, _ time: Float
  ) -> (x: Float, y: Float, confidence: Float) {
    var place = Place(column, row, width, height)
    var (moveX, moveY) = (place.read(x), place.read(y))
    for _ in 0..<2 {
      place = Place(column - time * moveX, row - time * moveY, width, height)
      (moveX, moveY) = (place.read(x), place.read(y))
    }
    return (moveX, moveY, place.read(confidence))
  }

  /// A position between four nodes.
  private struct Place {
    let upper: Int
    let lower: Int
    let right: Int
    let fx: Float
    let fy: Float

    @inline(__always)
    init(_ x: Float, _ y: Float, _ width: Int, _ height: Int) {
      let cx = max(0, min(x, Float(width &- 1)))
      let cy = max(0, min(y, Float(height &- 1)))
      let ix = Int(cx)
      let iy = Int(cy)
      fx = cx - Float(ix)
      fy = cy - Float(iy)
      upper = iy &* width &+ ix
      lower = iy &+ 1 < height ? upper &+ width : upper
      right = ix &+ 1 < width ? 1 : 0
    }

    @inline(__always)
    func read(_ plane: UnsafePointer<Float>) -> Float {
      let top = plane[upper] + (plane[upper &+ right] - plane[upper]) * fx
      let bottom = plane[lower] + (plane[lower &+ right] - plane[lower]) * fx
      return top + (bottom - top) * fy
    }
  }
}
