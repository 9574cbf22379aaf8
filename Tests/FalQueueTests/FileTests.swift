import FalQueue
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Files are kept whole or not at all")
struct FileTests {
  private let label = FileLabel(name: "first.png", contentType: "image/png", owner: "ann")

  @Test("A file that comes in pieces is kept with its digest, privately")
  func streaming() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let draft = try await queue.newFile(label, limit: 1000)
    let pieces = (0..<10).map { number in [UInt8](repeating: UInt8(number), count: 100) }
    for piece in pieces { try await draft.append(piece) }
    let file = try await draft.finish()
    let bytes = Array(pieces.joined())
    #expect(file.size == 1000 && file.digest == Digest.of(bytes) && file.id == draft.id)
    #expect(try TestFile.read(file.path) == bytes)
    #expect(try TestFile.mode(of: file.path) == 0o600)
    #expect(try await queue.file(file.id) == file)
    try await queue.close()
    let again = try await bench.open()
    #expect(try await again.file(file.id) == file)
    #expect(again.recovery == RecoveryReport())
    #expect(try await again.removeFile(file.id))
    #expect(try await again.removeFile(file.id) == false)
    #expect(!TestFile.exists(file.path))
  }

  @Test("A file that is too large or given up leaves nothing")
  func nothingLeft() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let large = try await queue.newFile(label, limit: 10)
    try await large.append([UInt8](repeating: 1, count: 10))
    #expect(await code { try await large.append([1]) } == .tooLarge)
    #expect(await code { try await large.finish() } == .interrupted)
    let dropped = try await queue.newFile(label, limit: 10)
    try await dropped.append([1])
    await dropped.discard()
    _ = try await queue.newFile(label, limit: 10)
    // Once around all threads for files, so that the last of them has let go of the dropped one.
    for _ in 0..<4 { await (try await queue.newFile(label, limit: 10)).discard() }
    #expect(TestFile.names(in: bench.folder.appending("drafts")) == [])
    #expect(try await queue.counts().files == 0)
  }

  @Test("What a job made is there with its ending, or not at all")
  func placing() async throws {
    let queue = try await TestBench().open()
    _ = try await queue.accept(.sample("x"))
    let taken = try #require(try await queue.take())
    let path = queue.stagePath(ending: "mp4")
    try TestFile.write("a clip", to: path)
    try TestFile.setMode(0o644, of: path)
    let made = FileLabel(
      name: "v.mp4", contentType: "video/mp4", owner: "ann", jobID: "x", life: .seconds(60))
    let file = try await queue.place(path, as: made)
    #expect(try await queue.file(file.id) == nil)
    var ending = JobEnding.success
    ending.files = [file]
    let lines = [LogLine(time: queue.now, level: "INFO", message: "made")]
    _ = try await queue.complete(taken.attempt, with: ending, saying: lines)
    #expect(try await queue.logs(of: "x").map(\.message) == ["made"])
    #expect(file.size == 6 && file.digest == Digest.of("a clip"))
    #expect(try TestFile.mode(of: file.path) == 0o600)
    #expect(!TestFile.exists(path))
    #expect(try await queue.files(ofJob: "x") == [file])
    #expect(try await queue.counts().fileBytes == 6)
    try TestFile.write("too late", to: path)
    ending.files = [try await queue.place(path, as: made)]
    #expect(try await queue.complete(taken.attempt, with: ending) == .stale)
    #expect(!TestFile.exists(ending.files[0].path))
    #expect(try await queue.counts().files == 1)
  }

  @Test(
    "Names and types of strangers are made harmless",
    arguments: [
      ("../../etc/passwd", "passwd"), ("C:\\x\\a b.png", "a_b.png"), ("", "file"), ("..", "file"),
      ("bild\u{301}\r\nX: y.png", "bild___X__y.png"), (".htaccess", "htaccess"), ("/", "file"),
      (String(repeating: "a", count: 300) + ".jpeg", String(repeating: "a", count: 95) + ".jpeg"),
    ])
  func names(given: String, kept: String) {
    #expect(FileLabel(name: given, contentType: nil, owner: "ann").name == kept)
    let types = ["text/html\r\nX: y", "html", "/", "a/b/c", String(repeating: "a/", count: 99)]
    for type in types {
      #expect(
        FileLabel(name: nil, contentType: type, owner: "ann").contentType
          == "application/octet-stream")
    }
    let fine = "text/plain; charset=utf-8"
    #expect(FileLabel(name: nil, contentType: fine, owner: "ann").contentType == fine)
  }

  @Test("Bytes without a record and records without bytes go at the next opening")
  func orphans() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    var files: [StoredFile] = []
    for number in 0..<3 {
      let draft = try await queue.newFile(label, limit: 100)
      try await draft.append([UInt8](repeating: 7, count: number + 1))
      files.append(try await draft.finish())
    }
    try await queue.close()
    let stray = bench.folder.appending("files/ab")
    try TestFile.makeFolders(stray)
    try TestFile.write("stray", to: stray.appending("abcdef"))
    try TestFile.write("half", to: bench.folder.appending("drafts/x.part"))
    try TestFile.remove(files[0].path)
    try TestFile.write("longer than it was", to: files[1].path)
    let again = try await bench.open()
    #expect(again.recovery.removedRecords == 2 && again.recovery.removedFiles == 2)
    #expect(try await again.file(files[0].id) == nil)
    #expect(try await again.file(files[1].id) == nil)
    #expect(try await again.file(files[2].id) == files[2])
    #expect(TestFile.names(in: bench.folder.appending("drafts")) == [])
    #expect(!TestFile.exists(stray.appending("abcdef")))
  }
}
