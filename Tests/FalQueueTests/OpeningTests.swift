import FalQueue
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@Suite("A data folder is opened safely")
struct OpeningTests {
  @Test("Running jobs wait again, in their old place, with their log")
  func crash() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    for id in ["a", "b", "never", "cancelled"] {
      try await queue.submit(.sample(id) { $0.isNeverRetried = id == "never" })
    }
    try await queue.submit(.sample("waiting"))
    var attempts: [String: Attempt] = [:]
    for _ in 0..<4 {
      let taken = try #require(try await queue.take())
      attempts[taken.job.id] = taken.attempt
      try await queue.log(
        [LogLine(time: queue.now, level: "INFO", message: "begun")], of: taken.attempt)
    }
    _ = try await queue.cancel("cancelled")
    try await queue.close()
    let again = try await bench.open()
    #expect(again.recovery.requeuedJobs == 2 && again.recovery.endedJobs == 2)
    #expect(try await again.job("never")?.errorType == "runner_disconnected")
    #expect(try await again.job("cancelled")?.errorType == "client_cancelled")
    let first = try #require(try await again.take())
    #expect(first.attempt == Attempt(jobID: "a", number: 2))
    #expect(try await again.logs(of: "a").map(\.message) == ["begun"])
    let stale = try #require(attempts["a"])
    #expect(try await again.complete(stale, with: .success) == .stale)
    #expect(try await again.take()?.job.id == "b")
    #expect(try await again.take()?.job.id == "waiting")
    #expect(try await again.integrityProblems() == [])
  }

  @Test("A job whose tenth attempt was lost ends")
  func lastAttempt() async throws {
    let bench = try TestBench()
    var queue = try await bench.open()
    try await queue.submit(.sample("x"))
    for number in 1...10 {
      #expect(try await queue.take()?.attempt.number == number)
      try await queue.close()
      queue = try await bench.open()
    }
    #expect(try await queue.job("x")?.statusCode == 503)
  }

  @Test("A second server on the same folder is refused, and let in when the first is gone")
  func lock() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    #expect(await code { try await bench.open() } == .busy)
    try await queue.close()
    try await bench.open().close()
  }

  @Test("A closed queue refuses everything and ends all streams")
  func closed() async throws {
    let queue = try await TestBench().open()
    try await queue.close()
    #expect(await code { try await queue.accept(.sample()) } == .interrupted)
    #expect(await code { try await queue.job("x") } != nil)
    var work = queue.workSignals().makeAsyncIterator()
    #expect(await work.next() == nil)
    try await queue.close()
  }

  @Test("What was handed in before the end is done")
  func closingUnderLoad() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let accepted = try await withThrowingTaskGroup(of: String?.self) { group in
      for number in 0..<200 {
        group.addTask {
          let id = "j\(number)"
          return await code { try await queue.submit(.sample(id)) } == nil ? id : nil
        }
      }
      group.addTask {
        try await queue.close()
        return nil
      }
      return try await group.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
    }
    let again = try await bench.open()
    #expect(try await again.queueLength() == accepted.count)
    for id in accepted { #expect(try await again.job(id) != nil) }
  }

  @Test("Folder and files are private")
  func modes() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    try await queue.submit(.sample())
    #expect(try TestFile.mode(of: bench.folder) == 0o700)
    let names = TestFile.names(in: bench.folder)
    #expect(names.contains("queue.sqlite-wal"))
    for name in names {
      let isFolder = ["files", "drafts", "parts"].contains(name)
      #expect(try TestFile.mode(of: bench.folder.appending(name)) == (isFolder ? 0o700 : 0o600))
    }
    try await queue.close()
    try TestFile.setMode(0o755, of: bench.folder)
    try await bench.open().close()
    #expect(try TestFile.mode(of: bench.folder) == 0o700)
  }

  @Test("Something that is no database is told and left as it is")
  func notADatabase() async throws {
    let bench = try TestBench()
    try TestFile.makeFolders(bench.folder)
    let path = bench.folder.appending("queue.sqlite")
    let bytes = [UInt8](repeating: 65, count: 5000)
    try TestFile.write(bytes, to: path)
    #expect(await code { try await bench.open() } == .corrupt)
    #expect(try TestFile.read(path) == bytes)
  }

  @Test("A database of a newer program is refused")
  func newer() async throws {
    let bench = try TestBench()
    try await bench.open().close()
    let path = bench.folder.appending("queue.sqlite")
    // The name of the only migration, in the table and in its index.
    var bytes = try TestFile.read(path)
    let name = Array("1-queue".utf8)
    for start in bytes.indices.dropLast(name.count)
    where bytes[start..<(start + name.count)].elementsEqual(name) {
      bytes[start] = UInt8(ascii: "9")
    }
    try TestFile.write(bytes, to: path)
    #expect(await code { try await bench.open() } == .newerVersion)
    #expect(await code { try await bench.open() } == .newerVersion)
  }
}
