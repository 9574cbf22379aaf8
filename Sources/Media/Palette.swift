internal import CFFmpeg
internal import KeyreelCore

/// Reduces a picture to 256 colours of its own: median cut, then an ordered pattern of dots.
enum Palette {
  /// One box of colours in a cube of 32 steps a side.
  private struct Box {
    var colors: [Int]
    var weight: Int

    /// The widest side: 10, 5 or 0, how far its five bits are shifted.
    func widest() -> (shift: Int, length: Int) {
      [10, 5, 0].map { shift in
        let values = colors.map { $0 >> shift & 31 }
        return (shift, (values.max() ?? 0) - (values.min() ?? 0))
      }.max { $0.length < $1.length } ?? (0, 0)
    }
  }

  /// Differences within a square of 4 × 4 pixels, in sixteenths (Bayer).
  private static let dots = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

  /// `frame` (RGB24) with a palette.
  static func reduce(_ frame: LibavFrame) throws -> LibavFrame {
    let (width, height) = (frame.size.width, frame.size.height)
    let pixels = dotted(frame.samples(ofPlane: 0, rowLength: width * 3, rows: height), width)
    var counts = [Int](repeating: 0, count: 1 << 15)
    for color in pixels { counts[color] += 1 }
    let boxes = cut(counts)
    var palette = [UInt8](repeating: 0, count: 1024)
    var index = [UInt8](repeating: 0, count: 1 << 15)
    for (number, box) in boxes.enumerated() {
      for color in box.colors { index[color] = UInt8(number) }
      for (offset, shift) in [(2, 10), (1, 5), (0, 0)] {
        let sum = box.colors.reduce(0) { $0 + ($1 >> shift & 31) * counts[$1] }
        palette[number * 4 + offset] = UInt8(sum * 255 / (31 * max(1, box.weight)))
      }
      palette[number * 4 + 3] = 255
    }
    let result = try LibavFrame(size: frame.size, format: AV_PIX_FMT_PAL8)
    result.copy(pixels.map { index[$0] }, rowLength: width, toPlane: 0)
    result.copy(palette, rowLength: 1024, toPlane: 1)
    return result
  }

  /// Each pixel as five bits of red, green and blue.
  private static func dotted(_ samples: [UInt8], _ width: Int) -> [Int] {
    (0..<samples.count / 3).map { place in
      let dot = dots[place / width % 4 * 4 + place % width % 4] / 2
      func five(_ value: UInt8) -> Int { min(255, Int(value) + dot) >> 3 }
      return five(samples[place * 3]) << 10 | five(samples[place * 3 + 1]) << 5
        | five(samples[place * 3 + 2])
    }
  }

  private static func cut(_ counts: [Int]) -> [Box] {
    let colors = counts.indices.filter { counts[$0] > 0 }
    var boxes = [Box(colors: colors, weight: colors.reduce(0) { $0 + counts[$1] })]
    while boxes.count < 256 {
      // The box in which most pixels are far from one another.
      let scores = boxes.map { $0.colors.count < 2 ? 0 : $0.weight * $0.widest().length }
      guard let largest = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[largest] > 0
      else { break }
      let box = boxes[largest]
      let shift = box.widest().shift
      let sorted = box.colors.sorted { ($0 >> shift & 31, $0) < ($1 >> shift & 31, $1) }
      var (half, sum) = (0, 0)
      while half < sorted.count - 1, sum + counts[sorted[half]] <= box.weight / 2 || half == 0 {
        sum += counts[sorted[half]]
        half += 1
      }
      boxes[largest] = Box(colors: Array(sorted[..<half]), weight: sum)
      boxes.append(Box(colors: Array(sorted[half...]), weight: box.weight - sum))
    }
    return boxes
  }
}
