/// Counts the pictures of animations by the blocks of their files.
enum AnimationBlocks {
  static func count(_ bytes: [UInt8]) -> Int {
    bytes.starts(with: Array("GIF8".utf8)) ? countGIF(bytes) : countWebP(bytes)
  }

  /// `ANMF` chunks of the RIFF file; a single picture has none (WebP Container Specification).
  private static func countWebP(_ bytes: [UInt8]) -> Int {
    var (place, count, isStill) = (12, 0, false)
    while place + 8 <= bytes.count {
      let name = bytes[place..<place + 4]
      if name.elementsEqual("ANMF".utf8) { count += 1 }
      if name.starts(with: "VP8".utf8), !name.elementsEqual("VP8X".utf8) { isStill = true }
      let length = (0..<4).reduce(0) { $0 | Int(bytes[place + 4 + $1]) << (8 * $1) }
      place += 8 + length + length % 2
    }
    return count == 0 && isStill ? 1 : count
  }

  /// Image descriptors (GIF89a, 20).
  private static func countGIF(_ bytes: [UInt8]) -> Int {
    func table(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }
    guard bytes.count > 13 else { return 0 }
    var (place, count) = (13 + table(bytes[10]), 0)
    func skipBlocks() {
      while place < bytes.count, bytes[place] != 0 { place += Int(bytes[place]) + 1 }
      place += 1
    }
    while place < bytes.count {
      switch bytes[place] {
      case 0x21:
        place += 2
        skipBlocks()
      case 0x2C where place + 10 < bytes.count:
        count += 1
        place += 10 + table(bytes[place + 9]) + 1
        skipBlocks()
      default: return count
      }
    }
    return count
  }
}
