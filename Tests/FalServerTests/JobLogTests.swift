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

  @Test("A line that cannot be written costs no clip, and comes with the ending")
  func fullDisk() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path.appending("data")
    let queue = try await JobQueue.open(folder)
    _ = try await queue.accept(
      NewJob(id: "one", endpoint: StorageTestServer.model, owner: "ann", input: "{}"))
    let taken = try #require(try await queue.take())
    let log = JobLog(queue: queue, attempt: taken.attempt)
    log.say("first")
    try Self.rename("logs", "hidden", in: folder)
    await log.flush()
    try Self.rename("hidden", "logs", in: folder)
    log.say("second")
    let ending = JobEnding(statusCode: 200, output: "{}")
    _ = try await queue.complete(taken.attempt, with: ending, saying: log.unwritten())
    let lines = try await queue.logs(of: "one")
    #expect(lines.map(\.message) == ["first", "second"])
    #expect(lines.map(\.number) == [1, 2])
    try await queue.close()
  }
}
