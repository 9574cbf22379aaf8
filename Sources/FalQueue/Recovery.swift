internal import GRDB
internal import KeyreelCore
internal import SystemPackage

/// What was found and done when a data folder was opened.
public struct RecoveryReport: Hashable, Sendable {
  /// Jobs that were running and wait again.
  public var requeuedJobs = 0
  /// Jobs that were running and ended: no attempt left, or to be cancelled.
  public var endedJobs = 0
  /// Files without a record, removed.
  public var removedFiles = 0
  /// Records without their file, removed.
  public var removedRecords = 0

  /// Nothing to do.
  public init() {}
}

/// Puts right what an earlier process left in the middle.
struct Recovery {
  var folder: DataFolder
  var settings: QueueSettings

  func run(_ pool: DatabasePool) throws -> RecoveryReport {
    var report = RecoveryReport()
    try pool.write { db in try recoverJobs(db, &report) }
    try recoverFiles(pool, &report)
    return report
  }

  private func recoverJobs(_ db: Database, _ report: inout RecoveryReport) throws {
    let now = settings.now()
    var effects = Effects()
    for number in try Int64.fetchAll(db, sql: "SELECT number FROM jobs WHERE state = 1") {
      guard let job = try Job.find(number: number, db) else { continue }
      if job.isCancelRequested {
        _ = try Ending(job: job, ending: settings.cancelled, now: now, settings: settings)
          .write(db, &effects)
        report.endedJobs += 1
      } else if job.isNeverRetried || job.attempts >= settings.maximumAttempts {
        _ = try Ending(job: job, ending: settings.lost, now: now, settings: settings)
          .write(db, &effects)
        report.endedJobs += 1
      } else {
        try db.run("UPDATE jobs SET state = 0 WHERE number = ?", [number])
        report.requeuedJobs += 1
      }
    }
  }

  private func recoverFiles(_ pool: DatabasePool, _ report: inout RecoveryReport) throws {
    try Disk.removeTree(folder.drafts)
    try Disk.makeFolder(folder.drafts)
    let known = try pool.read { db in
      Dictionary(
        uniqueKeysWithValues: try Row.fetchAll(db, sql: "SELECT id, size FROM files")
          .map { ($0[0] as String, $0[1] as Int) })
    }
    var lost = known
    for shelf in try Disk.names(in: folder.files) {
      for name in try Disk.names(in: folder.files.appending(shelf)) {
        let path = folder.files.appending(shelf).appending(name)
        if let size = known[name], Disk.size(of: path) == size, folder.file(name) == path {
          lost[name] = nil
        } else {
          Disk.remove(path)
          report.removedFiles += 1
        }
      }
    }
    report.removedRecords = lost.count
    let missing = Array(lost.keys)
    try pool.write { db in
      for id in missing { try db.run("DELETE FROM files WHERE id = ?", [id]) }
    }
    try recoverParts(pool, &report)
  }

  /// Part files without a record go, and part records without their file.
  private func recoverParts(_ pool: DatabasePool, _ report: inout RecoveryReport) throws {
    let known = try pool.read { db in
      Set(
        try Row.fetchAll(db, sql: "SELECT upload, body FROM parts").map {
          UploadPartName(upload: $0[0], body: $0[1])
        })
    }
    let found = Set(try partFiles())
    for name in found.subtracting(known) {
      Disk.remove(folder.part(name))
      report.removedFiles += 1
    }
    for upload in try Disk.names(in: folder.parts) {
      Disk.removeEmptyFolder(folder.parts.appending(upload))
    }
    let missing = known.subtracting(found)
    report.removedRecords += missing.count
    try pool.write { db in
      for name in missing {
        try db.run("DELETE FROM parts WHERE upload = ? AND body = ?", [name.upload, name.body])
      }
    }
  }

  private func partFiles() throws -> [UploadPartName] {
    try Disk.names(in: folder.parts).flatMap { upload in
      try Disk.names(in: folder.parts.appending(upload)).map {
        UploadPartName(upload: upload, body: $0)
      }
    }
  }
}

/// Names the bytes of one part of an upload.
struct UploadPartName: Hashable, Sendable {
  var upload: String
  var body: String
}
