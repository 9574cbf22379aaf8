import KeyreelCore
import KeyreelTesting
@testable import Media
import SystemPackage
import Testing

@testable import AnimaticBackend

@Suite("Clips of the animatic backend", .ownThread)
struct ClipTests {
  static let size = PixelSize(width: 64, height: 48)
  static let first = FittedPicture.clouds(size, seed: 1)
  static let last = FittedPicture.clouds(size, seed: 1, x: 6, y: 2)

  @Test("A clip has exactly the frames that were ordered", arguments: [2, 3, 30, 31, 145])
  func count(ordered: Int) async throws {
    try await withFolder { folder in
      let file = folder.appending("clip.mp4")
      try await make(file, Self.first, Self.last, frames: ordered)
      let frames = try frames(of: file)
      #expect(frames.count == ordered)
      #expect(frames.allSatisfy { $0.size == Self.size })
      let (start, end) = (PlanarFrame(Self.first), PlanarFrame(Self.last))
      #expect(likeness(try #require(frames.first).luma, start.luma) >= 38)
      #expect(likeness(try #require(frames.last).luma, end.luma) >= 38)
    }
  }

  @Test("The same order gives the same bytes on any number of threads")
  func bytes() async throws {
    try await withFolder { folder in
      let reference = try await make(
        folder.appending("1.mp4"), Self.first, Self.last, frames: 20,
        with: AnimaticBackend(threads: 1))
      for threads in [1, 2, 3, 5] {
        let again = try await make(
          folder.appending("2.mp4"), Self.first, Self.last, frames: 20,
          with: AnimaticBackend(threads: threads))
        #expect(again == reference, "\(threads) threads")
      }
    }
  }

  @Test("Clips of one canvas share their header, so that joins can be copied")
  func header() async throws {
    try await withFolder { folder in
      let other = FittedPicture.clouds(Self.size, seed: 40)
      let clips = [
        try await make(folder.appending("a.mp4"), Self.first, Self.last, frames: 4),
        try await make(folder.appending("b.mp4"), Self.first, other, frames: 65),
        try await make(folder.appending("c.mp4"), other, other, frames: 31),
      ]
      let headers = clips.map { box("avcC", of: $0) }
      #expect(headers[0].count > 20 && headers[1] == headers[0] && headers[2] == headers[0])
    }
  }

  @Test("Any last frame can be cut off without encoding anew, and key frames come every second")
  func order() async throws {
    try await withFolder { folder in
      let file = folder.appending("clip.mp4")
      try await make(file, Self.first, Self.last, frames: 65)
      let input = try InputFile(file)
      let packet = try Packet()
      var keys: [Int] = []
      var index = 0
      while try input.read(into: packet) {
        #expect(packet.presentationTime == packet.decodeTime)
        if packet.isKey { keys.append(index) }
        index += 1
      }
      #expect(keys == [0, 30, 60] && index == 65)
    }
  }

  @Test("The file says that it is an animatic, and its index stands at the front")
  func honesty() async throws {
    try await withFolder { folder in
      let bytes = try await make(
        folder.appending("clip.mp4"), Self.first, Self.last, frames: 2)
      #expect(find("Animatic preview, not generated video", in: bytes) != nil)
      let index = try #require(find("moov", in: bytes))
      #expect(index < (try #require(find("mdat", in: bytes))))
    }
  }

  @Test(
    "Quirky clips come as 36 · N + 1 frames and end only near the last picture",
    arguments: [(10, 37), (36, 37), (60, 73), (90, 109)])
  func quirks(ordered: Int, delivered: Int) async throws {
    try await withFolder { folder in
      let backend = AnimaticBackend(.quirky)
      #expect(backend.identity.description == "animatic@2+quirks")
      let file = folder.appending("clip.mp4")
      let quirky = try await make(file, Self.first, Self.last, frames: ordered, with: backend)
      let frames = try frames(of: file)
      #expect(frames.count == delivered)
      let end = likeness(try #require(frames.last).luma, PlanarFrame(Self.last).luma)
      #expect(end > 20 && end < 38)
      let again = try await make(file, Self.first, Self.last, frames: ordered, with: backend)
      #expect(again == quirky)
      let plain = try await make(file, Self.first, Self.last, frames: delivered)
      #expect(box("avcC", of: plain) != box("avcC", of: quirky))
    }
  }

  /// Where `word` begins in `bytes`.
  private func find(_ word: String, in bytes: [UInt8]) -> Int? {
    let word = Array(word.utf8)
    return (0...(bytes.count - word.count)).first {
      bytes[$0..<($0 + word.count)].elementsEqual(word)
    }
  }

  /// The contents of the first box of a kind.
  private func box(_ kind: String, of bytes: [UInt8]) -> [UInt8] {
    guard let start = find(kind, in: bytes), start >= 4 else { return [] }
    let length = bytes[(start - 4)..<start].reduce(0) { $0 << 8 | Int($1) }
    return Array(bytes[start..<(start - 4 + length)])
  }
}
