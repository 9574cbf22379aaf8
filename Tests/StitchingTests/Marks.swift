import KeyreelCore
import Media
import SystemPackage

/// A picture of blocks, each dark or bright, that tells who it is after any encoding.
struct Mark: Hashable {
  static let size = PixelSize(width: 64, height: 48)
  static let block = 8
  static let columns = size.width / block
  static let blocks = columns * size.height / block

  /// One bit per block; well mixed, so that no two pictures are alike.
  let bits: UInt64

  init(clip: Int, frame: Int) {
    var value = UInt64(clip) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(frame) &* 0xD1B5_4A32_D192_ED03
    value ^= value >> 29
    value &*= 0xBF58_476D_1CE4_E5B9
    value ^= value >> 32
    bits = value
  }

  /// The luma of each block.
  var levels: [Double] { (0..<Self.blocks).map { bits >> UInt64($0) & 1 == 1 ? 200 : 50 } }

  /// The picture.
  func frame(_ size: PixelSize = Mark.size) -> PlanarFrame {
    var frame = PlanarFrame.black(size)
    let levels = levels
    for row in 0..<size.height {
      for column in 0..<size.width {
        let block =
          row * 6 / size.height * Self.columns + column * Self.columns / size.width
        frame.luma[row * size.width + column] = UInt8(levels[block])
      }
    }
    return frame
  }

  /// Mean luma of each block of a decoded picture.
  static func levels(of luma: [UInt8], _ size: PixelSize = Mark.size) -> [Double] {
    var sums = [Double](repeating: 0, count: blocks)
    var counts = sums
    // Edges of blocks are left out: chroma-sized filters and scaling soften them.
    let (blockWidth, blockHeight) = (size.width / columns, size.height / 6)
    for row in 0..<size.height where (1..<blockHeight - 1).contains(row % blockHeight) {
      for column in 0..<size.width where (1..<blockWidth - 1).contains(column % blockWidth) {
        let block = row / blockHeight * columns + column / blockWidth
        sums[block] += Double(luma[row * size.width + column])
        counts[block] += 1
      }
    }
    return zip(sums, counts).map { $0 / $1 }
  }
}

/// Writes clips whose every picture is a ``Mark``.
enum MarkedClip {
  static func write(
    _ path: FilePath, clip: Int, frames: Int, size: PixelSize = Mark.size,
    rate: FrameRate = .thirty, bFrames: Int = 0, keyInterval: Int = 12, options: String = ""
  ) throws {
    let settings = VideoSettings(
      size: size, frameRate: rate, crf: 10, preset: "ultrafast", keyInterval: keyInterval,
      bFrames: bFrames, options: options)
    let writer = try ClipWriter(path, settings: settings)
    for frame in 0..<frames { try writer.append(Mark(clip: clip, frame: frame).frame(size)) }
    try writer.finish()
  }
}
