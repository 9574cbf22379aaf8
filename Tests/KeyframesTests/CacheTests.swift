import Glibc
import Keyframes
import KeyreelCore
import Media
import SystemPackage
import Testing

@Suite("Facts are remembered, and never believed when a file has changed")
struct FactsMemory {
  let project: Project
  let reference = SourceReference.picture(.file("a.png"))

  init() throws { project = try Project() }

  static func png(_ level: UInt8) throws -> [UInt8] {
    try PictureWriter.encode(RGBPicture.drawn(8, 8) { _, _ in [level, level, level] }, as: .png)
  }

  func level() async throws -> UInt8? {
    let answers = await project.facts(reference)
    guard case .picture(let fact)? = try? answers[0]?.get() else { return nil }
    return fact.thumbnail.first
  }

  var cache: FilePath { project.path(".facts/facts-v1.tsv") }

  /// Makes the cache say another thumbnail, properly signed: whoever reads it back, read the cache.
  func forge() throws {
    let text = String(decoding: try FileBytes.read(cache, name: "cache"), as: UTF8.self)
    let body = text.dropLast(69).replacing("\t8\t1\t", with: "\t8\t6\t")
    #expect(body != text.dropLast(69))
    let bytes = Array(body.utf8)
    try FileBytes.write(bytes + Array("end\t\(Digest.of(bytes).hex)\n".utf8), to: cache)
  }

  func orientation() async throws -> Int? {
    let answers = await project.facts(reference)
    guard case .picture(let fact)? = try? answers[0]?.get() else { return nil }
    return fact.orientation
  }

  @Test("An unchanged file is not read again; a touched or rewritten one is")
  func hits() async throws {
    try project.write(try Self.png(10), "a.png")
    #expect(try await orientation() == 1)
    try forge()
    #expect(try await orientation() == 6, "answered from the cache")
    var times = [timespec(tv_sec: 1_000, tv_nsec: 0), timespec(tv_sec: 1_000, tv_nsec: 0)]
    utimensat(AT_FDCWD, project.path("a.png").string, &times, 0)
    #expect(try await orientation() == 1, "read again after a touch")
    try forge()
    #expect(try await orientation() == 6)
    try project.write(try Self.png(200), "a.png")
    utimensat(AT_FDCWD, project.path("a.png").string, &times, 0)
    #expect(try await level() == 200, "same size, same times, other content")
  }

  @Test("A damaged, foreign or cut cache is ignored and replaced")
  func damage() async throws {
    try project.write(try Self.png(10), "a.png")
    #expect(try await level() == 10)
    let good = try FileBytes.read(cache, name: "cache")
    try forge()
    let forged = try FileBytes.read(cache, name: "cache")
    var flipped = forged
    flipped[40] ^= 1
    let bad = [[], Array("nonsense".utf8), Array(forged.prefix(forged.count / 2)), flipped]
    for bytes in bad + [[UInt8](repeating: 0, count: 500)] {
      try FileBytes.write(bytes, to: cache)
      #expect(try await orientation() == 1)
      #expect(try FileBytes.read(cache, name: "cache") == good)
    }
  }

  @Test("A file that is gone, or is no picture any more, is a problem whatever the cache says")
  func gone() async throws {
    try project.write(try Self.png(10), "a.png")
    #expect(try await level() == 10)
    try project.write(Array("<html>".utf8), "a.png")
    #expect(try await level() == nil)
    unlink(project.path("a.png").string)
    #expect(try await level() == nil)
  }

  @Test("A thousand stills: the second look reads none of them and answers the same")
  func thousand() async throws {
    for index in 0..<1000 {
      try project.write(try Self.png(UInt8(index % 251)), "many/\(index).png")
    }
    let references = (0..<1000).map { SourceReference.picture(.file("many/\($0).png")) }
    let first = await project.library.facts(for: references)
    #expect(first.entries.values.allSatisfy { (try? $0.get()) != nil })
    // What the cache says is what is answered, so nothing was read.
    try forge()
    let second = await project.library.facts(for: references)
    for reference in references {
      guard case .picture(let fact)? = try second.entries[reference]?.get() else {
        Issue.record("\(reference) is no picture")
        return
      }
      #expect(fact.orientation == 6)
    }
  }

  @Test("Without a folder to remember in, everything still works")
  func readOnly() async throws {
    try project.write(try Self.png(10), "a.png")
    try project.write([1], ".facts")
    #expect(try await level() == 10)
    #expect(try await level() == 10)
  }
}

@Suite("A keyframe's pixels are those that were planned")
struct PlannedPixels {
  let project: Project
  let canvas = PixelSize(width: 32, height: 24)

  init() throws { project = try Project() }

  func use(_ source: PictureSource, _ origin: PictureRecipe.Origin, fit: Fit = .cover)
    -> KeyframeUse
  {
    KeyframeUse(
      name: "it", source: source,
      recipe: PictureRecipe(origin: origin, fit: fit, focus: .center, canvas: canvas))
  }

  @Test("A still is fitted; a changed one is refused by name")
  func still() async throws {
    let drawing = RGBPicture.drawn(64, 48) { x, _ in [UInt8(x * 4), 9, 9] }
    let bytes = try PictureWriter.encode(drawing, as: .png)
    try project.write(bytes, "a.png")
    let use = use(.file("a.png"), .still(Digest.of(bytes)))
    let picture = try await project.library.picture(use)
    #expect(picture == PictureFitter.fit(drawing, .cover, to: canvas).fitted)
    try project.write(RGBPicture.drawn(64, 48) { _, _ in [0, 0, 0] }, "a.png")
    let error = await #expect(throws: OperationError.self) {
      try await project.library.picture(use)
    }
    #expect(error?.code == .verificationFailed)
    #expect(error?.message == "a.png changed since planning")
  }

  @Test("A frame of a video, a fetched still and the last frame of a clip")
  func others() async throws {
    try project.writeFilm("plate.mp4", frames: 30)
    let digest = try FileBytes.digest(project.path("plate.mp4"), name: "plate")
    let frame = try await project.library.picture(
      use(.video("plate.mp4", at: .frames(20)), .videoFrame(digest, index: 20)))
    #expect(abs(Int(frame.pixels[0]) - (120 - 16) * 255 / 219) <= 3)
    let last = try await project.library.lastFrame(of: project.path("plate.mp4"), canvas: canvas)
    #expect(last.size == canvas)
    #expect(abs(Int(last.pixels[0]) - (165 - 16) * 255 / 219) <= 3)
    let bytes = try FactsMemory.png(77)
    try project.write(bytes, "sources/\(Digest.of(bytes).hex)")
    let url = PictureSource.url("https://example.org/a.png", digest: Digest.of(bytes))
    let fetched = try await project.library.picture(use(url, .still(Digest.of(bytes))))
    #expect(Set(fetched.pixels) == [77])
    let facts = await project.facts(.picture(url))
    #expect(try facts[0]?.get() != nil)
  }
}
