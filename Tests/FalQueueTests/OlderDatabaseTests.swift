import FalQueue
import KeyreelTesting
import SystemPackage
import Testing

@Suite("The data of an older server is taken over")
struct OlderDatabaseTests {
  /// Brings a database back to the form before its fourth migration, when input and output shared a row.
  private static let downgrade = """
    import sqlite3, sys
    base = sqlite3.connect(sys.argv[1])
    base.executescript('''
      CREATE TABLE payloads (
        job INTEGER PRIMARY KEY REFERENCES jobs (number) ON DELETE CASCADE,
        input TEXT, output TEXT, erase_at INTEGER);
      CREATE INDEX payloads_by_erasure ON payloads (erase_at) WHERE erase_at NOT NULL;
      INSERT INTO payloads SELECT number, input, output, erase_at FROM jobs
        LEFT JOIN inputs ON inputs.job = number LEFT JOIN outputs ON outputs.job = number
        WHERE input NOT NULL OR erase_at NOT NULL;
      DROP TABLE inputs;
      DROP TABLE outputs;
      DELETE FROM grdb_migrations WHERE identifier = '4-outputs';
    ''')
    base.commit()
    """

  @Test(
    "Inputs and outputs stay, those that were withheld or erased stay away, and the rest goes on")
  func payloads() async throws {
    let bench = try TestBench()
    var queue = try await bench.open()
    for id in ["done", "withheld", "erased", "waiting"] {
      try await queue.submit(.sample(id) { $0.keepsPayloads = id != "withheld" })
    }
    for _ in 0..<3 {
      let taken = try #require(try await queue.take())
      _ = try await queue.complete(taken.attempt, with: .success)
    }
    _ = try await queue.erasePayloads(of: "erased")
    func texts(_ id: String) async throws -> JobPayloads? {
      try await queue.result(of: id)?.payloads
    }
    let before = [try await texts("done"), try await texts("withheld"), try await texts("erased")]
    #expect(before.map { $0?.output != nil } == [true, true, false])
    try await queue.close()
    let path = bench.folder.appending("queue.sqlite").string
    try ChildProcess.run(["python3", "-c", Self.downgrade, path])
    queue = try await bench.open()
    let after = [try await texts("done"), try await texts("withheld"), try await texts("erased")]
    #expect(after == before)
    #expect(try await queue.integrityProblems() == [])
    let taken = try #require(try await queue.take())
    #expect(taken.job.id == "waiting" && taken.input == NewJob.sample().input)
    _ = try await queue.complete(taken.attempt, with: .success)
    bench.clock.advance(by: .seconds(400 * 86_400))
    #expect(try await queue.sweep().payloads == 3)
    #expect(try await queue.integrityProblems() == [])
  }
}
