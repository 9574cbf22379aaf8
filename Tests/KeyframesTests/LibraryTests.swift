import Glibc
import Keyframes
import KeyreelCore
import Media
import SystemPackage
import Testing

@Suite("The library says what every file is, or what is wrong with it")
struct LibraryFacts {
  let project: Project

  init() throws { project = try Project() }

  static func still(_ path: String) -> SourceReference { .picture(.file(path)) }

  func problem(_ reference: SourceReference, outside: Bool = false) async throws -> SourceProblem {
    let answers = await project.facts(reference, allowsOutside: outside)
    let answer = try #require(answers[0])
    guard case .failure(let problem) = answer else {
      Issue.record("\(reference) has no problem")
      return SourceProblem(code: "", message: "")
    }
    return problem
  }

  func picture(_ reference: SourceReference, outside: Bool = false) async throws -> PictureFact {
    let answers = await project.facts(reference, allowsOutside: outside)
    guard case .picture(let fact)? = try #require(answers[0]).get() as SourceFact? else {
      throw OperationError(.corrupt, "no picture")
    }
    return fact
  }

  @Test("A still's digest, size and thumbnail")
  func still() async throws {
    let drawing = RGBPicture.drawn(32, 48) { x, y in [UInt8(x * 8), UInt8(y * 5), 7] }
    let bytes = try PictureWriter.encode(drawing, as: .png)
    try project.write(bytes, "stills/a.png")
    let fact = try await picture(Self.still("stills/a.png"))
    #expect(fact.digest == Digest.of(bytes))
    #expect(fact.size == drawing.size)
    #expect(fact.thumbnail.count == 768)
    #expect(Array(fact.thumbnail[0..<3]) == [4, 5, 7])
    #expect(fact.frame == nil && fact.orientation == 1 && !fact.hasAlpha)
  }

  @Test("Frames of a video by number and by time, footage exactly")
  func video() async throws {
    try project.writeFilm("plate.mp4", frames: 40, bFrames: 2)
    for index in [0, 1, 11, 12, 25, 39] {
      let fact = try await picture(.picture(.video("plate.mp4", at: .frames(index))))
      let level = (20 + 5 * index - 16) * 255 / 219
      #expect(fact.frame == index)
      #expect(abs(Int(fact.thumbnail[0]) - level) <= 3, "frame \(index)")
    }
    let time = TimeLength.time(nanoseconds: 500_000_000)
    #expect(try await picture(.picture(.video("plate.mp4", at: time))).frame == 15)
    let beyond = try await problem(.picture(.video("plate.mp4", at: .frames(40))))
    #expect(beyond.code == "KR0415")
    #expect(beyond.suggestion == "its last frame is 39")
    let answers = await project.facts(.footage("plate.mp4"))
    let expected = FootageFact(
      digest: try FileBytes.digest(project.path("plate.mp4"), name: "plate"),
      size: PixelSize(width: 64, height: 48), frameRate: .thirty, frames: 40)
    #expect(try answers[0]?.get() == .footage(expected))
  }

  @Test("A missing file comes with the one that was meant")
  func suggestion() async throws {
    try project.write(RGBPicture.drawn(2, 2) { _, _ in [1, 2, 3] }, "stills/dawn.jpg")
    for (wrong, right) in [
      ("stills/dwan.jpg", "stills/dawn.jpg"), ("stills/dawn.png", "stills/dawn.jpg"),
      ("still/dawn.jpg", "stills/dawn.jpg"), ("Stills/Dawn.JPG", "stills/dawn.jpg"),
    ] {
      let problem = try await problem(Self.still(wrong))
      #expect(problem.code == "KR0401")
      #expect(problem.message == "`\(wrong)` does not exist")
      #expect(problem.suggestion == "did you mean `\(right)`?")
    }
    #expect(try await problem(Self.still("stills/mountain.jpg")).suggestion == nil)
    #expect(try await problem(Self.still("gone/far/away.jpg")).suggestion == nil)
  }

  @Test("A picture of a row is not taken for its neighbour, but for itself with other digits")
  func numbered() async throws {
    let dot = RGBPicture.drawn(1, 1) { _, _ in [1, 2, 3] }
    for name in ["0.png", "take1/shot-7.png", "frame_012.png"] {
      try project.write(dot, "stills/\(name)")
    }
    for wrong in ["1.png", "1.jpg", "frame_013.png", "take1/shot-8.png"] {
      #expect(try await problem(Self.still("stills/\(wrong)")).suggestion == nil, "\(wrong)")
    }
    for (wrong, right) in [
      ("frame_12.png", "frame_012.png"), ("frmae_012.png", "frame_012.png"), ("0.jpg", "0.png"),
      ("take1/shot7.png", "take1/shot-7.png"),
    ] {
      let problem = try await problem(Self.still("stills/\(wrong)"))
      #expect(problem.suggestion == "did you mean `stills/\(right)`?")
    }
  }

  @Test("Of many missing files the pipeline's first get suggestions")
  func manyMissing() async throws {
    try project.write(RGBPicture.drawn(1, 1) { _, _ in [1, 2, 3] }, "dawn.png")
    let missing = (0..<60).map { SourceReference.picture(.file("dawn\($0).png")) }
    let facts = await project.library.facts(for: missing)
    let suggested = missing.map { reference -> Bool in
      guard case .failure(let problem)? = facts.entries[reference] else { return false }
      #expect(problem.code == "KR0401")
      return problem.suggestion != nil
    }
    #expect(suggested == (0..<60).map { $0 < 20 })
  }

  @Test("Bad files have a code each and are told by the name in the pipeline")
  func badFiles() async throws {
    try project.write([], "empty.jpg")
    try project.write(Array("<html>404</html>".utf8), "page.png")
    try project.write(Array("GIF89a".utf8), "moving.gif")
    try project.write(Array("just words".utf8), "words.mp4")
    let png = try PictureWriter.encode(RGBPicture.drawn(9, 9) { _, _ in [1, 2, 3] }, as: .png)
    try project.write(Array(png.dropLast(20)), "half.png")
    mkdir(project.path("folder").string, 0o755)
    let codes: [(SourceReference, String)] = [
      (Self.still("empty.jpg"), "KR0405"), (Self.still("page.png"), "KR0402"),
      (Self.still("moving.gif"), "KR0408"), (Self.still("half.png"), "KR0406"),
      (Self.still("folder"), "KR0402"), (Self.still(""), "KR0402"),
      (Self.still("empty.jpg/x"), "KR0401"), (.footage("words.mp4"), "KR0402"),
      (.footage("half.png"), "KR0402"), (.sound("empty.jpg"), "KR0405"),
      (.picture(.video("page.png", at: .frames(0))), "KR0402"),
      (.picture(.url("https://example.org/a.png", digest: nil)), "KR0412"),
      (.picture(.url("https://example.org/a.png", digest: Digest.of("a"))), "KR0413"),
    ]
    for (reference, code) in codes {
      let problem = try await problem(reference)
      #expect(problem.code == code, "\(problem)")
      #expect(!problem.message.contains(project.root.string), "\(problem)")
      #expect(!problem.message.hasSuffix("."))
    }
  }

  @Test("Nothing outside the project is read, not through links either")
  func outside() async throws {
    let other = try Project()
    let drawing = RGBPicture.drawn(3, 3) { _, _ in [1, 2, 3] }
    try other.write(drawing, "secret.png")
    try project.write(drawing, "own.png")
    let secret = other.path("secret.png")
    symlink(secret.string, project.path("link.png").string)
    symlink(other.root.string, project.path("folder").string)
    symlink("own.png", project.path("alias.png").string)
    let name = other.root.lastComponent?.string ?? ""
    for path in ["link.png", "folder/secret.png", "../\(name)/secret.png", secret.string] {
      let problem = try await problem(Self.still(path))
      #expect(problem.code == "KR0404", "\(path): \(problem)")
      #expect(try await picture(Self.still(path), outside: true).size == drawing.size)
    }
    #expect(try await picture(Self.still("alias.png")).size == drawing.size)
    #expect(try await picture(Self.still("x/../own.png")).size == drawing.size)
  }
}
