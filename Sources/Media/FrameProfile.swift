public import KeyreelCore

/// What joins are measured by, of one frame: a small picture, its parts' light and colours, its sharpness.
public struct FrameProfile: Sendable {
  /// The frame in cells.
  public let small: SmallPicture
  /// Light, colours and sharpness.
  public let traits: FrameTraits

  /// Columns of cells of a wide picture, about.
  private static let detail = 208

  /// Measures `frame`.
  public init(_ frame: PlanarFrame) {
    let (width, height) = (frame.size.width, frame.size.height)
    let cell = max(1, (width + Self.detail / 2) / Self.detail)
    let (columns, rows) = (max(1, width / cell), max(1, height / cell))
    small = SmallPicture(
      columns: columns,
      cells: Self.means(
        frame.luma, width: width, columns: columns, rows: rows,
        cell: (min(cell, width), min(cell, height))))
    traits = FrameTraits(
      sketch: PictureSketch(frame),
      sharpness: Self.sharpness(frame.luma, width: width, height: height))
  }

  private static func means(
    _ luma: [UInt8], width: Int, columns: Int, rows: Int, cell: (width: Int, height: Int)
  ) -> [UInt16] {
    let area = UInt32(cell.width * cell.height)
    var sums = [UInt32](repeating: 0, count: columns)
    return luma.withUnsafeBufferPointer { luma in
      [UInt16](unsafeUninitializedCapacity: columns * rows) { means, count in
        for row in 0..<rows {
          sums.withUnsafeMutableBufferPointer { sums in
            sums.update(repeating: 0)
            for y in row * cell.height..<(row + 1) * cell.height {
              var place = y &* width
              for column in 0..<columns {
                var sum: UInt32 = 0
                for x in place..<place &+ cell.width { sum &+= UInt32(luma[x]) }
                sums[column] &+= sum
                place &+= cell.width
              }
            }
            for column in 0..<columns {
              means[count] = UInt16((sums[column] &* 256 &+ area / 2) / area)
              count += 1
            }
          }
        }
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
  /// The parts of `frame`, in 256 parts of a step.
  public init(_ frame: PlanarFrame) {
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
        let count = rows.count &* columns.count
        return Double((sum &* 256 &+ count / 2) / count) / 256
      }
    }
  }
}
