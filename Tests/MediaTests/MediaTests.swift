import Glibc
import KeyreelCore
import KeyreelTesting
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
    let scan = try PacketScan(path)
    let reader = try PictureReader(scan, from: 0, size: size)
    let seen = try (0..<scan.frames).map { Int(try reader.picture($0).luma[100]) }
    #expect(seen.count == 37)
    #expect(zip(seen, 0...).allSatisfy { abs($0 - (20 + 5 * $1)) <= 2 })
  }

  @Test("A reader that goes to and fro in one file shows the same frames", arguments: [0, 2])
  func toAndFro(bFrames: Int) throws {
    let scratch = try ScratchFolder()
    let path = scratch.path.appending("clip.mp4")
    let size = PixelSize(width: 64, height: 48)
    let writer = try ClipWriter(
      path,
      settings: VideoSettings(
        size: size, frameRate: .thirty, crf: 10, keyInterval: 8, bFrames: bFrames))
    for index in 0..<40 {
      var frame = PlanarFrame.black(size)
      frame.luma = .init(repeating: UInt8(20 + 5 * index), count: size.area)
      try writer.append(frame)
    }
    try writer.finish()
    let scan = try PacketScan(path)
    let reader = try PictureReader(scan, from: 39, size: size)
    #expect(abs(Int(try reader.picture(39).luma[0]) - 215) <= 2)
    for rank in [0, 38, 17, 16, 9, 31, 0, 39, 5] {
      try reader.move(to: rank)
      for shown in rank...min(39, rank + 2) {
        let level = Int(try reader.picture(shown).luma[0])
        #expect(abs(level - (20 + 5 * shown)) <= 2, "frame \(shown) after \(rank)")
      }
    }
  }
}
