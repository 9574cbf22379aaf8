internal import KeyreelCore

/// Samples two pictures where a grid says and blends them, in whole numbers, plane by plane.
struct Warper: Sendable {
  private let size: PixelSize
  private let luma: Pair
  private let blue: Pair
  private let red: Pair

  /// A plane of both pictures, and how it lies under the grid.
  private struct Pair {
    let first: BorderedPlane
    let last: BorderedPlane
    let halvings: Int32
  }

  /// A warper between two frames of the same size.
  init(_ first: PlanarFrame, _ last: PlanarFrame) {
    size = first.size
    let (width, height) = (size.width, size.height)
    func pair(_ plane: KeyPath<PlanarFrame, [UInt8]>, halvings: Int) -> Pair {
      let (width, height) = (width >> halvings, height >> halvings)
      return Pair(
        first: BorderedPlane(first[keyPath: plane], width: width, height: height),
        last: BorderedPlane(last[keyPath: plane], width: width, height: height),
        halvings: Int32(halvings))
    }
    luma = pair(\.luma, halvings: 0)
    blue = pair(\.blue, halvings: 1)
    red = pair(\.red, halvings: 1)
  }

  /// The frame that `grid` describes.
  func frame(_ grid: SamplingGrid) -> PlanarFrame {
    PlanarFrame(
      size: size, luma: plane(luma, grid), blue: plane(blue, grid), red: plane(red, grid))
  }

  private func plane(_ pair: Pair, _ grid: SamplingGrid) -> [UInt8] {
    let (width, height) = (pair.first.width, pair.first.height)
    return [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
      pair.first.withReader { first in
        pair.last.withReader { last in
          guard let target = target.baseAddress else { return }
          let rows = PlaneWarp(
            first: first, last: last, width: width,
            shift: SamplingGrid.spacingShift - Int(pair.halvings), halvings: pair.halvings)
          rows.write(to: target, height: height, grid)
        }
      }
      count = width * height
    }
  }
}

/// A plane of bytes whose last column and row stand twice, so that every sample has neighbours.
private struct BorderedPlane {
  let width: Int
  let height: Int
  private let samples: [UInt8]

  init(_ plane: [UInt8], width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    var samples: [UInt8] = []
    samples.reserveCapacity((width + 1) * (height + 1))
    for row in 0...height {
      let start = min(row, height - 1) * width
      samples.append(contentsOf: plane[start..<(start + width)])
      samples.append(plane[start + width - 1])
    }
    self.samples = samples
  }

  func withReader(_ body: (Bilinear) -> Void) {
    samples.withUnsafeBufferPointer {
      if let base = $0.baseAddress { body(Bilinear(base, width: width, height: height)) }
    }
  }
}

/// One plane's warp.
private struct PlaneWarp {
  let first: Bilinear
  let last: Bilinear
  let width: Int
  /// Samples of this plane between two nodes, as a power of two.
  let shift: Int
  /// 1 where this plane has half the luma's resolution.
  let halvings: Int32

  func write(to target: UnsafeMutablePointer<UInt8>, height: Int, _ grid: SamplingGrid) {
    let nodes = grid.width
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: nodes * 5) { line in
      grid.values.withUnsafeBufferPointer { values in
        guard let line = line.baseAddress, let values = values.baseAddress else { return }
        for row in 0..<height {
          interpolate(values, nodes, grid.height, row, into: line)
          writeRow(target + row * width, row: row, line, nodes)
        }
      }
    }
  }

  /// The grid's five values on this row, between the node rows above and below.
  private func interpolate(
    _ values: UnsafePointer<Int32>, _ nodes: Int, _ nodeRows: Int, _ row: Int,
    into line: UnsafeMutablePointer<Int32>
  ) {
    let above = row >> shift
    let part = Int32(row & ((1 << shift) - 1))
    let bits = Int32(shift)
    for channel in 0..<5 {
      let top = values + (channel * nodeRows + above) * nodes
      let bottom = top + nodes
      let to = line + channel * nodes
      let halved = channel < 4 ? halvings : 0
      for i in 0..<nodes {
        to[i] = (top[i] &+ (((bottom[i] &- top[i]) &* part) &>> bits)) &>> halved
      }
    }
  }

  private func writeRow(
    _ target: UnsafeMutablePointer<UInt8>, row: Int, _ line: UnsafePointer<Int32>, _ nodes: Int
  ) {
    let length = 1 << shift
    let bits = Int32(shift)
    let y = Int32(row) &<< 16
    var column = 0
    var node = 0
    while column < width {
      let samples = min(length, width &- column)
      let x = Int32(column) &<< 16
      var ax = Ramp(line, node, bits, plus: x)
      var ay = Ramp(line + nodes, node, bits, plus: y)
      var bx = Ramp(line + 2 &* nodes, node, bits, plus: x)
      var by = Ramp(line + 3 &* nodes, node, bits, plus: y)
      var weight = Ramp(line + 4 &* nodes, node, bits, plus: 0)
      ax.step &+= 65_536
      bx.step &+= 65_536
      let isInside =
        first.holds(ax, ay, length: Int32(length)) && last.holds(bx, by, length: Int32(length))
      for i in 0..<samples {
        let a = isInside ? first.read(ax.value, ay.value) : first.readHeld(ax.value, ay.value)
        let b = isInside ? last.read(bx.value, by.value) : last.readHeld(bx.value, by.value)
        // 8.8 samples and 16-bit weights: one rounding, at the end.
        let mixed = (a &<< 8) &+ (((b &- a) &* (weight.value &>> 4)) &>> 4)
        target[column &+ i] = UInt8(truncatingIfNeeded: (mixed &+ 32_768) &>> 16)
        ax.advance()
        ay.advance()
        bx.advance()
        by.advance()
        weight.advance()
      }
      column &+= length
      node &+= 1
    }
  }
}

/// A value that changes evenly from one node to the next.
private struct Ramp {
  var value: Int32
  var step: Int32

  @inline(__always)
  init(_ line: UnsafePointer<Int32>, _ node: Int, _ bits: Int32, plus start: Int32) {
    step = (line[node &+ 1] &- line[node]) &>> bits
    value = line[node] &+ start
  }

  @inline(__always)
  mutating func advance() { value &+= step }
}

/// Reads one plane of bytes at positions in 1/65,536 samples; results are 8.8 fixed point.
private struct Bilinear {
  let base: UnsafePointer<UInt8>
  /// From row to row; there is one column more than is shown.
  let pitch: Int
  /// The last positions of the plane.
  let limitX: Int32
  let limitY: Int32

  init(_ base: UnsafePointer<UInt8>, width: Int, height: Int) {
    self.base = base
    pitch = width + 1
    limitX = Int32(width - 1) << 16
    limitY = Int32(height - 1) << 16
  }

  /// Whether `length` samples along the ramps all lie within the plane.
  @inline(__always)
  func holds(_ x: Ramp, _ y: Ramp, length: Int32) -> Bool {
    let endX = x.value &+ x.step &* length
    let endY = y.value &+ y.step &* length
    return UInt32(bitPattern: x.value) <= UInt32(bitPattern: limitX)
      && UInt32(bitPattern: endX) <= UInt32(bitPattern: limitX)
      && UInt32(bitPattern: y.value) <= UInt32(bitPattern: limitY)
      && UInt32(bitPattern: endY) <= UInt32(bitPattern: limitY)
  }

  @inline(__always)
  func readHeld(_ x: Int32, _ y: Int32) -> Int32 {
    read(max(0, min(x, limitX)), max(0, min(y, limitY)))
  }

  @inline(__always)
  func read(_ x: Int32, _ y: Int32) -> Int32 {
    let at = base + (Int(y &>> 16) &* pitch &+ Int(x &>> 16))
    let (fx, fy) = ((x &>> 8) & 255, (y &>> 8) & 255)
    let below = at + pitch
    let (a, b) = (Int32(at[0]), Int32(at[1]))
    let (c, d) = (Int32(below[0]), Int32(below[1]))
    let top = (a &<< 8) &+ (b &- a) &* fx
    let bottom = (c &<< 8) &+ (d &- c) &* fx
    return ((top &<< 8) &+ (bottom &- top) &* fy) &>> 8
  }
}
