/// Luma of a picture in cells of a few pixels, so that grain and coding noise count little.
public struct SmallPicture: Hashable, Sendable {
  /// Cells in a row.
  public let columns: Int
  /// Mean luma of each cell in reading order, in parts of 256 of an 8-bit step.
  public let cells: [UInt16]

  /// A picture of whole rows of `columns` cells.
  public init(columns: Int, cells: [UInt16]) {
    precondition(columns > 0 && cells.count % columns == 0, "a small picture has whole rows")
    self.columns = columns
    self.cells = cells
  }

  /// Mean difference in the tenth of the picture that changes most, in 8-bit steps.
  ///
  /// A small thing that moves before a still ground is motion as well. Pictures have the same size.
  public func motion(to other: SmallPicture) -> Double {
    precondition(cells.count == other.cells.count, "motion is between pictures of one size")
    let (across, down) = (12, 8)
    let rows = cells.count / columns
    var sums = [Int](repeating: 0, count: across * down)
    var counts = [Int](repeating: 0, count: across * down)
    cells.withUnsafeBufferPointer { mine in
      other.cells.withUnsafeBufferPointer { theirs in
        for row in 0..<rows {
          for part in 0..<across {
            // The columns that belong to a part: those with column · across / columns == part.
            let from = (part * columns + across - 1) / across
            let to = ((part + 1) * columns + across - 1) / across
            var sum = 0
            for place in (row &* columns &+ from)..<(row &* columns &+ to) {
              sum &+= abs(Int(mine[place]) &- Int(theirs[place]))
            }
            let index = row * down / rows * across + part
            sums[index] += sum
            counts[index] += to - from
          }
        }
      }
    }
    let changes = zip(sums, counts).filter { $1 > 0 }.map { Double($0) / Double($1) }
      .sorted(by: >)
    let most = changes.prefix(max(1, changes.count / 10))
    return most.reduce(0, +) / Double(max(1, most.count)) / 256
  }
}
