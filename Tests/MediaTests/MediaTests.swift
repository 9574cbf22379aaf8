import Glibc
import KeyreelCore
import Media
import SystemPackage
import Testing

@Suite("Clips are written and read exactly")
struct ClipRoundTrip {
  @Test("Every frame that goes in comes out, in order")
  func roundTrip() throws {
    let path = FilePath("/tmp/keyreel-roundtrip-\(UInt32.random(in: 0 ... .max)).mp4")
    defer { remove(path.string) }
    let size = PixelSize(width: 64, height: 48)
    let writer = try ClipWriter(
      path, settings: VideoSettings(size: size, frameRate: .thirty, crf: 10))
    for index in 0..<37 {
      var frame = PlanarFrame.black(size)
      frame.luma = .init(repeating: UInt8(20 + 5 * index), count: size.area)
      try writer.append(frame)
    }
    try writer.finish()
    var seen: [Int] = []
    try FrameReader(path).forEach { _, frame in
      seen.append(Int(frame.luma[100]))
      return true
    }
    #expect(seen.count == 37)
    #expect(zip(seen, 0...).allSatisfy { abs($0 - (20 + 5 * $1)) <= 2 })
  }
}
