internal import KeyreelCore

/// Where one frame takes its samples from: shifts into both pictures at the nodes of a coarse grid.
///
/// Nodes stand every `spacing` luma samples; between them shifts and weights are interpolated.
/// Shifts are in luma samples, weights from 0 (first picture) to 1 (last picture), both times 65,536.
struct SamplingGrid {
  /// Luma samples from node to node, as a power of two: a shift is cheaper than a division.
  static let spacingShift = 2
  static let spacing = 1 << spacingShift
  static let one: Float = 65_536

  let width: Int
  let height: Int
  /// Five values a node, plane by plane: first x, first y, last x, last y, weight.
  var values: [Int32]

  init(for size: PixelSize) {
    width = Self.nodes(size.width)
    height = Self.nodes(size.height)
    values = [Int32](repeating: 0, count: width * height * 5)
  }

  static func nodes(_ length: Int) -> Int { (length + spacing - 1) / spacing + 1 }

  /// Sets the node `index` from shifts in luma samples and a weight of 0…1.
  @inline(__always)
  static func set(
    _ values: UnsafeMutablePointer<Int32>, _ index: Int, _ count: Int,
    first: (x: Float, y: Float), last: (x: Float, y: Float), weight: Float
  ) {
    values[index] = fixed(first.x)
    values[index &+ count] = fixed(first.y)
    values[index &+ 2 &* count] = fixed(last.x)
    values[index &+ 3 &* count] = fixed(last.y)
    values[index &+ 4 &* count] = Int32(weight * one)
  }

  /// Shifts beyond 4,000 samples would overflow and are held; no canvas is as large.
  @inline(__always)
  private static func fixed(_ shift: Float) -> Int32 {
    Int32(max(-4000, min(shift, 4000)) * one)
  }
}
