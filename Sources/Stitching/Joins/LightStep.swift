internal import KeyreelCore

/// How light and colours change at once between two runs of frames.
///
/// Each run's slow change is led on to the join in a straight line, so that clouds that pass and
/// cameras that turn are no step.
struct LightStep {
  /// Step of the mean luma, signed.
  let luma: Double
  /// Root mean square of the parts' steps in both colour differences.
  let chroma: Double

  init(
    _ left: ArraySlice<FrameTraits>, _ right: ArraySlice<FrameTraits>, reach: Int
  ) {
    let before = left.suffix(reach).reversed().map(\.sketch)
    let after = right.prefix(reach).map(\.sketch)
    luma = Self.atJoin(after.map(\.light)) - Self.atJoin(before.map(\.light))
    var sum = 0.0
    let parts = PictureSketch.side * PictureSketch.side
    for part in 0..<parts {
      let blue =
        Self.atJoin(after.map { $0.blue[part] }) - Self.atJoin(before.map { $0.blue[part] })
      let red =
        Self.atJoin(after.map { $0.red[part] }) - Self.atJoin(before.map { $0.red[part] })
      sum += blue * blue + red * red
    }
    chroma = (sum / Double(parts)).squareRoot()
  }

  /// The straight line through `values`, half a frame before the first of them.
  private static func atJoin(_ values: [Double]) -> Double {
    let count = Double(values.count)
    guard values.count > 2 else { return values.first ?? 0 }
    let middle = (count - 1) / 2
    let mean = values.reduce(0, +) / count
    var (upper, lower) = (0.0, 0.0)
    for (index, value) in values.enumerated() {
      upper += (Double(index) - middle) * (value - mean)
      lower += (Double(index) - middle) * (Double(index) - middle)
    }
    return mean + upper / lower * (-0.5 - middle)
  }
}
