import FalQueue
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@Suite("An upload becomes a file once all of it has come")
struct UploadTests {
  private let label = FileLabel(
    name: "big.bin", contentType: "application/zip", owner: "ann", life: .seconds(60))

  private func put(
    _ number: Int, _ text: String, _ queue: JobQueue, _ upload: Upload
  ) async throws -> UploadedPart {
    let part = try await queue.partDraft(number, of: upload, limit: 100)
    try await part.append(Array(text.utf8))
    return UploadedPart(number: number, etag: "\"\(try await part.finish())\"")
  }

  @Test("Parts are put together by number, whatever order they come and are named in")
  func parts() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let upload = try await queue.beginUpload(label)
    _ = try await put(1, "wrong", queue, upload)
    let third = try await put(3, "three", queue, upload)
    let first = try await put(1, "one ", queue, upload)
    let second = try await put(2, "two ", queue, upload)
    let parts = [third, first, second]
    let file = try await queue.completeUpload(upload.id, parts: parts, limit: 100)
    #expect(try TestFile.read(file.path) == Array("one two three".utf8))
    #expect(file.id == upload.id && file.name == "big.bin")
    #expect(file.expiresAt == bench.clock.now + .seconds(60))
    #expect(try await queue.completeUpload(upload.id, parts: parts, limit: 100) == file)
    #expect(await code { try await put(4, "late", queue, upload) } == .notFound)
    #expect(TestFile.names(in: bench.folder.appending("parts")) == [])
    #expect(TestFile.names(in: bench.folder.appending("drafts")) == [])
    #expect(try await queue.upload(upload.id)?.isFinished == true)
  }

  @Test("A completion that does not fit the parts is refused, and can be put right")
  func badParts() async throws {
    let queue = try await TestBench().open()
    let upload = try await queue.beginUpload(label)
    let first = try await put(1, "one", queue, upload)
    let second = try await put(2, "two", queue, upload)
    let third = try await put(3, "three", queue, upload)
    var altered = second
    altered.etag = first.etag
    for parts in [
      [], [first, second], [first, third], [first, second, second, third],
      [first, altered, third],
    ] {
      let found = await code {
        try await queue.completeUpload(upload.id, parts: parts, limit: 100)
      }
      #expect(found == .badParts)
    }
    let all = [first, second, third]
    let small = await code { try await queue.completeUpload(upload.id, parts: all, limit: 5) }
    #expect(small == .tooLarge)
    #expect(try await queue.completeUpload(upload.id, parts: all, limit: 11).size == 11)
    #expect(await code { try await queue.partDraft(0, of: upload, limit: 1) } == .badParts)
    #expect(await code { try await queue.completeUpload("x", parts: all, limit: 5) } == .notFound)
  }

  @Test("An upload in one piece may be repeated with the same bytes, not with others")
  func single() async throws {
    let queue = try await TestBench().open()
    let upload = try await queue.beginUpload(label)
    #expect(try await queue.upload(token: upload.token) == upload)
    #expect(try await queue.upload(token: upload.id) == nil)
    func send(_ text: String) async throws -> StoredFile {
      let draft = try await queue.draft(of: upload, limit: 100)
      try await draft.append(Array(text.utf8))
      return try await draft.finish()
    }
    let file = try await send("bytes")
    #expect(file.id == upload.id)
    #expect(try await send("bytes") == file)
    #expect(await code { try await send("other") } == .alreadyThere)
    #expect(try TestFile.read(file.path) == Array("bytes".utf8))
  }

  @Test("An upload that is given up or forgotten leaves nothing, also after a crash")
  func givenUp() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let aborted = try await queue.beginUpload(label)
    _ = try await put(1, "one", queue, aborted)
    #expect(try await queue.abortUpload(aborted.id))
    #expect(try await queue.abortUpload(aborted.id) == false)
    let forgotten = try await queue.beginUpload(label)
    let part = try await put(1, "one", queue, forgotten)
    try await queue.close()
    let stray = bench.folder.appending("parts/nobody")
    try TestFile.makeFolders(stray)
    try TestFile.write("x", to: stray.appending("1-x"))
    let again = try await bench.open()
    #expect(again.recovery.removedFiles == 1)
    #expect(try await again.upload(forgotten.id) != nil && part.number == 1)
    bench.clock.advance(by: .seconds(86_400))
    #expect(try await again.upload(forgotten.id) == nil)
    #expect(try await again.sweep().uploads == 1)
    #expect(TestFile.names(in: bench.folder.appending("parts/\(forgotten.id)")) == [])
  }
}
