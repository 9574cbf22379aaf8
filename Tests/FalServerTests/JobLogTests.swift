import FalQueue
import KeyreelTesting
import SystemPackage
import Testing

@testable import FalServer

@Suite("The log of a job under way")
struct JobLogTests {
  /// Gives a table of the queue another name, so that writing to it fails like a full disk.
  private static func rename(_ table: String, _ name: String, in folder: FilePath) throws {
    try ChildProcess.run([
      "python3", "-c",
      """
      import sqlite3, sys
      sqlite3.connect(sys.argv[1]).execute("ALTER TABLE " + sys.argv[2] + " RENAME TO " + sys.argv[3])
      """,
      folder.appending("queue.sqlite").string, table, name,
    ])
  }

  @Test("A line that cannot be written costs no clip, and comes with the next ones")
  func fullDisk() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path.appending("data")
    let queue = try await JobQueue.open(folder)
    _ = try await queue.accept(
      NewJob(id: "one", endpoint: StorageTestServer.model, owner: "ann", input: "{}"))
    let taken = try #require(try await queue.take())
    let log = JobLog(queue: queue, attempt: taken.attempt)
    let made = try await log.writing { log in
      log.say("first")
      try Self.rename("logs", "hidden", in: folder)
      log.say("second")
      // Long enough for the lines' own turn; the words after it take none that fail.
      try await Task.sleep(for: .milliseconds(400))
      await log.flush()
      try Self.rename("hidden", "logs", in: folder)
      log.say("third")
      return 7
    }
    #expect(made == 7)
    let ending = JobEnding(statusCode: 200, output: "{}")
    _ = try await queue.complete(taken.attempt, with: ending, saying: log.unwritten())
    let lines = try await queue.logs(of: "one")
    #expect(lines.map(\.message) == ["first", "second", "third"])
    #expect(lines.map(\.number) == [1, 2, 3])
    try await queue.close()
  }
}
