internal import GRDB
internal import KeyreelCore

extension JobQueue {
  /// Writes lines to the log of a running attempt; false when the attempt is stale.
  @discardableResult
  public func log(_ lines: [LogLine], of attempt: Attempt) async throws -> Bool {
    guard !lines.isEmpty else { return true }
    return try await write { db, effects in
      guard let job = try Self.current(attempt, db) else { return false }
      try Self.add(lines, to: job, db)
      effects.insert(.job(job.id))
      return true
    }
  }

  /// Writes `lines` behind those that `job` has.
  static func add(_ lines: [LogLine], to job: Job, _ db: Database) throws {
    guard !lines.isEmpty else { return }
    for (index, line) in lines.enumerated() {
      try db.run(
        "INSERT INTO logs (job, number, time, level, message) VALUES (?, ?, ?, ?, ?)",
        [
          job.number, job.logCount + index + 1, line.time.milliseconds, line.level, line.message,
        ])
    }
    try db.run(
      "UPDATE jobs SET log_count = ? WHERE number = ?", [job.logCount + lines.count, job.number])
  }

  /// The lines of a job's log after line `after`, at most `limit`; none for an unknown job.
  public func logs(
    of id: String, after: Int = 0, limit: Int = .max
  ) async throws -> [LogLine] {
    try await read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT number, time, level, message FROM logs
          WHERE job = (SELECT number FROM jobs WHERE id = ?) AND number > ? ORDER BY number LIMIT ?
          """)
      return try Row.fetchAll(statement, arguments: [id, after, limit]).map {
        LogLine(
          number: $0[0], time: Timestamp(milliseconds: $0[1]), level: $0[2], message: $0[3])
      }
    }
  }
}
