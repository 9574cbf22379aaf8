internal import KeyreelCore
internal import Media

/// What joins are measured by, of one frame: a small picture, its parts' light and colours, its sharpness.
struct FrameProfile: Sendable {
  /// Luma in cells of a few pixels, so that grain and coding noise count little.
  private let cells: [Float]
  private let columns: Int
  /// Light and colours of 8 × 8 parts.
  let sketch: PictureSketch
  /// Mean difference of luma from the mean of its four neighbours.
  let sharpness: Double

  /// Columns of cells of a wide picture, about.
  private static let detail = 208

  init(_ frame: PlanarFrame) {
    let (width, height) = (frame.size.width, frame.size.height)
    let cell = max(1, (width + Self.detail / 2) / Self.detail)
    columns = max(1, width / cell)
    let rows = max(1, height / cell)
    cells = Self.means(
      frame.luma, width: width, columns: columns, rows: rows,
      cell: (min(cell, width), min(cell, height)))
    sketch = PictureSketch(frame)
    sharpness = Self.sharpness(frame.luma, width: width, height: height)
  }

  /// Mean difference in the tenth of the picture that changes most, in 8-bit steps.
  ///
  /// A small thing that moves before a still ground is motion as well.
  func motion(to other: FrameProfile) -> Double {
    let (across, down) = (12, 8)
    let rows = cells.count / columns
    var sums = [Float](repeating: 0, count: across * down)
    var counts = [Float](repeating: 0, count: across * down)
    for row in 0..<rows {
      for column in 0..<columns {
        let part = row * down / rows * across + column * across / columns
        let place = row * columns + column
        sums[part] += abs(cells[place] - other.cells[place])
        counts[part] += 1
      }
    }
    let changes = zip(sums, counts).filter { $1 > 0 }.map { $0 / $1 }.sorted(by: >)
    let most = changes.prefix(max(1, changes.count / 10))
    return Double(most.reduce(0, +)) / Double(most.count)
  }

  private static func means(
    _ luma: [UInt8], width: Int, columns: Int, rows: Int, cell: (width: Int, height: Int)
  ) -> [Float] {
    let area = Float(cell.width * cell.height)
    return luma.withUnsafeBufferPointer { luma in
      [Float](unsafeUninitializedCapacity: columns * rows) { means, count in
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = 0
            for y in 0..<cell.height {
              let start = (row &* cell.height &+ y) &* width &+ column &* cell.width
              for x in 0..<cell.width { sum &+= Int(luma[start &+ x]) }
            }
            means[row &* columns &+ column] = Float(sum) / area
          }
        }
        count = columns * rows
      }
    }
  }

  private static func sharpness(_ luma: [UInt8], width: Int, height: Int) -> Double {
    guard width > 2, height > 2 else { return 0 }
    var sum = 0
    luma.withUnsafeBufferPointer { luma in
      // Every second row: half the work, and edges are longer than a row.
      for row in stride(from: 1, to: height - 1, by: 2) {
        for place in (row &* width &+ 1)..<(row &* width &+ width &- 1) {
          let around =
            Int(luma[place &- 1]) &+ Int(luma[place &+ 1]) &+ Int(luma[place &- width])
            &+ Int(luma[place &+ width])
          sum &+= abs(4 &* Int(luma[place]) &- around)
        }
      }
    }
    return Double(sum) / Double(4 * (width - 2) * ((height - 1) / 2))
  }
}

extension PictureSketch {
  /// The parts of `frame`.
  init(_ frame: PlanarFrame) {
    let (width, height) = (frame.size.width, frame.size.height)
    self.init(
      luma: Self.parts(frame.luma, width: width, height: height),
      blue: Self.parts(frame.blue, width: width / 2, height: height / 2),
      red: Self.parts(frame.red, width: width / 2, height: height / 2))
  }

  private static func parts(_ samples: [UInt8], width: Int, height: Int) -> [Double] {
    samples.withUnsafeBufferPointer { samples in
      (0..<side * side).map { part in
        let (row, column) = (part / side, part % side)
        let rows = row * height / side..<max(row * height / side + 1, (row + 1) * height / side)
        let columns =
          column * width / side..<max(column * width / side + 1, (column + 1) * width / side)
        var sum = 0
        for y in rows {
          for place in (y &* width &+ columns.lowerBound)..<(y &* width &+ columns.upperBound) {
            sum &+= Int(samples[place])
          }
        }
        return Double(sum) / Double(rows.count * columns.count)
      }
    }
  }

  /// Mean luma of the whole picture.
  var light: Double { luma.reduce(0, +) / Double(luma.count) }

  /// Mean colour differences of the whole picture.
  var color: (blue: Double, red: Double) {
    (blue.reduce(0, +) / Double(blue.count), red.reduce(0, +) / Double(red.count))
  }
}
