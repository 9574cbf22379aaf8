#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore

/// Walks the markers of a JPEG file from the first to its end of image (ITU-T T.81, annex B).
enum JPEGStructure {
  static func header(_ bytes: [UInt8], name: String) throws -> StillHeader {
    var walk = Walk(bytes: bytes, name: name)
    while let marker = try walk.next() {
      switch marker {
      case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(marker): try walk.readFrame(marker)
      case 0xE1: walk.readExif()
      case 0xDA: walk.skipScan()
      default: break
      }
    }
    guard var header = walk.header, walk.hasScan else {
      throw MediaFailure.damaged(name, "there is no picture in the JPEG file")
    }
    header.orientation = walk.orientation
    return header
  }

  private struct Walk {
    let bytes: [UInt8]
    let name: String
    var header: StillHeader?
    var orientation = 1
    var hasScan = false
    private var place = 2
    private var segment = 0..<0

    init(bytes: [UInt8], name: String) {
      self.bytes = bytes
      self.name = name
    }

    /// The next marker that has a segment; `nil` at the end of the image.
    mutating func next() throws -> UInt8? {
      while true {
        guard place + 2 <= bytes.count else { throw cutShort() }
        guard bytes[place] == 0xFF else {
          throw MediaFailure.damaged(name, "no JPEG marker at byte \(place)")
        }
        let marker = bytes[place + 1]
        switch marker {
        case 0xFF: place += 1
        case 0x01, 0xD0...0xD8: place += 2
        case 0xD9: return nil
        default:
          guard let length = bytes.big(2, at: place + 2), length >= 2,
            place + 2 + length <= bytes.count
          else { throw cutShort() }
          segment = place + 4..<place + 2 + length
          place = segment.upperBound
          return marker
        }
      }
    }

    mutating func readFrame(_ marker: UInt8) throws {
      guard marker <= 0xC2 else {
        throw OperationError(
          .unsupported, "\(name) is a lossless, differential or arithmetic-coded JPEG",
          remedy: "convert it to a common JPEG or PNG")
      }
      let start = segment.lowerBound
      guard segment.count >= 6, let height = bytes.big(2, at: start + 1),
        let width = bytes.big(2, at: start + 3)
      else { throw MediaFailure.damaged(name, "its JPEG frame header is too short") }
      var header = try StillHeader(.jpeg, size: PixelSize(width: width, height: height), name: name)
      header.bitDepth = Int(bytes[start])
      guard header.bitDepth == 8 else {
        throw OperationError(
          .unsupported, "\(name) is a JPEG of \(header.bitDepth) bits per channel",
          remedy: "convert it to an 8-bit JPEG or a PNG")
      }
      self.header = header
    }

    mutating func readExif() {
      guard bytes.has("Exif\0\0", at: segment.lowerBound) else { return }
      orientation = ExifOrientation.read(bytes, in: segment) ?? orientation
    }

    /// Skips entropy-coded data: up to the next 0xFF that is neither stuffed nor a restart marker.
    mutating func skipScan() {
      hasScan = true
      bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { return }
        while place + 1 < buffer.count,
          let found = memchr(start + place, 0xFF, buffer.count - place - 1)
        {
          place = UnsafeRawPointer(found) - start
          let follower = buffer[place + 1]
          if follower != 0, !(0xD0...0xD7).contains(follower), follower != 0xFF { return }
          place += follower == 0xFF ? 1 : 2
        }
        place = buffer.count
      }
    }

    private func cutShort() -> OperationError {
      MediaFailure.cutShort(
        name, "the JPEG data end after \(bytes.count) bytes, before the end mark")
    }
  }
}
