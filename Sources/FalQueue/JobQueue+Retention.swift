internal import GRDB
internal import KeyreelCore

/// What a sweep removed.
public struct SweepReport: Hashable, Sendable {
  /// Jobs whose input and output were erased.
  public var payloads = 0
  /// Jobs removed with their logs.
  public var jobs = 0
  /// Files removed.
  public var files = 0
  /// Unfinished uploads given up.
  public var uploads = 0

  /// Nothing.
  public init() {}
}

extension JobQueue {
  /// Removes what is past its time: payloads, jobs, files, uploads, idempotency keys.
  ///
  /// At most `limit` of each kind, so that a sweep never holds others up for long; call it again
  /// while it finds something. A payload whose webhook is still to be told stays.
  public func sweep(limit: Int = 500) async throws -> SweepReport {
    let now = now.milliseconds
    let oldest = (self.now - settings.recordLife).milliseconds
    let (report, files, uploads) = try await write { db, _ in
      var report = SweepReport()
      let stale = try Int64.fetchAll(
        db,
        sql: """
          SELECT job FROM outputs WHERE erase_at <= ? AND NOT EXISTS (
            SELECT 1 FROM deliveries WHERE deliveries.job = outputs.job AND outcome = 0) LIMIT ?
          """, arguments: [now, limit])
      for job in stale { try JobPayloads.erase(of: job, db) }
      report.payloads = stale.count
      try db.run(
        """
        DELETE FROM jobs WHERE number IN (
          SELECT number FROM jobs WHERE state = 2 AND ended_at <= ? AND NOT EXISTS (
            SELECT 1 FROM deliveries WHERE deliveries.job = jobs.number AND outcome = 0) LIMIT ?)
        """, [oldest, limit])
      report.jobs = db.changesCount
      try db.run(
        """
        DELETE FROM billing WHERE number IN (
          SELECT number FROM billing WHERE time <= ? LIMIT ?)
        """, [oldest, limit])
      try db.run("DELETE FROM idempotency WHERE expires_at <= ?", [now])
      let files = try String.fetchAll(
        db, sql: "SELECT id FROM files WHERE expires_at NOT NULL AND expires_at <= ? LIMIT ?",
        arguments: [now, limit])
      for id in files { try db.run("DELETE FROM files WHERE id = ?", [id]) }
      let uploads = try String.fetchAll(
        db, sql: "SELECT id FROM uploads WHERE expires_at <= ? LIMIT ?", arguments: [now, limit])
      for id in uploads { try db.run("DELETE FROM uploads WHERE id = ?", [id]) }
      (report.files, report.uploads) = (files.count, uploads.count)
      return (report, files, uploads)
    }
    let paths = files.map(folder.file)
    try await lanes.lane().run { for path in paths { Disk.remove(path) } }
    for id in uploads { try await removeParts(of: id) }
    return report
  }

  /// Erases the input and output of an ended job for good; false when it has not ended or is unknown.
  public func erasePayloads(of id: String) async throws -> Bool {
    try await write { db, _ in
      guard let job = try Job.find(id, db), job.state == .completed else { return false }
      try JobPayloads.erase(of: job.number, db)
      return true
    }
  }
}
