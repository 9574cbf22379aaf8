internal import GRDB
internal import KeyreelCore

extension JobQueue {
  /// What is wrong with the database, a sentence each; none when all is well.
  ///
  /// Reads everything, so it is for maintenance and tests.
  public func integrityProblems() async throws -> [String] {
    let force = try await write { db, _ in try Int.fetchOne(db, sql: "PRAGMA synchronous") }
    let problems = try await read { db in
      var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
      if !orphans.isEmpty { problems.append("\(orphans.count) rows point nowhere") }
      for (query, told) in Self.laws {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM (\(query))") ?? 0
        if count > 0 { problems.append("\(count) \(told)") }
      }
      return problems
    }
    return force == 2 ? problems : problems + ["transactions are not forced to the disk"]
  }

  /// Queries that find nothing in a sound database.
  private static let laws: [(query: String, told: String)] = [
    (
      """
      SELECT owner FROM owners WHERE
        waiting <> (SELECT count(*) FROM jobs WHERE jobs.owner = owners.owner AND state = 0)
        OR running <> (SELECT count(*) FROM jobs WHERE jobs.owner = owners.owner AND state = 1)
      """, "owners have wrong counters"
    ),
    (
      "SELECT 1 FROM jobs WHERE owner NOT IN (SELECT owner FROM owners)", "jobs have no owner"
    ),
    (
      """
      SELECT 1 FROM jobs WHERE state <> 2 AND number NOT IN (SELECT job FROM inputs)
      """, "unfinished jobs have no input"
    ),
    (
      "SELECT 1 FROM jobs WHERE state <> 2 AND number IN (SELECT job FROM outputs)",
      "unfinished jobs have an output"
    ),
    (
      """
      SELECT 1 FROM jobs WHERE state = 2 AND webhook NOT NULL
        AND number NOT IN (SELECT job FROM deliveries)
      """, "ended jobs have no webhook delivery"
    ),
    (
      """
      SELECT 1 FROM jobs
      WHERE log_count <> (SELECT count(*) FROM logs WHERE logs.job = jobs.number)
      """, "jobs have other log lines than counted"
    ),
  ]
}
