internal import GRDB
internal import KeyreelCore

/// All that happens in the one transaction in which a job ends.
struct Ending {
  var job: Job
  var ending: JobEnding
  var now: Timestamp
  var settings: QueueSettings

  /// Writes the ending, the payload's fate, the billing event and the webhook delivery.
  func write(_ db: Database, _ effects: inout Effects) throws -> Job {
    try db.run(
      """
      UPDATE jobs SET state = 2, ended_at = ?, status_code = ?, error = ?, error_type = ?,
        units = ?, cost = ?, inference_time = ?
      WHERE number = ?
      """,
      [
        now.milliseconds, ending.statusCode, ending.error, ending.errorType,
        ending.billableUnits.nanos, ending.cost.nanos, ending.inferenceTime?.microseconds,
        job.number,
      ])
    try writePayload(db)
    try writeBilling(db)
    if let webhook = job.webhook {
      try db.run(
        "INSERT INTO deliveries (job, url, due_at) VALUES (?, ?, ?)",
        [job.number, webhook, now.milliseconds])
      effects.insert(.deliveries)
    }
    effects.move(job, waits: false)
    if job.isCancelRequested { effects.wish(toCancel: job, stands: false) }
    guard let ended = try Job.find(number: job.number, db) else {
      preconditionFailure("a job that was just written is there")
    }
    return ended
  }

  private func writePayload(_ db: Database) throws {
    let life = job.keepsPayloads ? settings.payloadLife : settings.unstoredOutputLife
    if !job.keepsPayloads { try db.run("DELETE FROM inputs WHERE job = ?", [job.number]) }
    try db.run(
      "INSERT INTO outputs (job, output, erase_at) VALUES (?, ?, ?)",
      [job.number, ending.output, (now + life).milliseconds])
  }

  /// What failed and costs nothing has no event.
  private func writeBilling(_ db: Database) throws {
    guard ending.isSuccess || ending.cost > .zero || ending.billableUnits > .zero else { return }
    try db.run(
      """
      INSERT INTO billing
        (job_id, endpoint, owner, time, units, unit_price, unit, currency, cost)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        job.id, job.endpoint, job.owner, now.milliseconds, ending.billableUnits.nanos,
        job.price?.unitPrice.nanos, job.price?.unit, job.price?.currency, ending.cost.nanos,
      ])
  }

  /// Ends the waiting jobs whose start deadline passed; tells how many.
  @discardableResult
  static func expireOverdue(
    _ settings: QueueSettings, _ now: Timestamp, _ db: Database,
    _ effects: inout Effects
  ) throws -> Int {
    let statement = try db.cachedStatement(
      sql: """
        SELECT number FROM jobs
        WHERE state = 0 AND start_deadline NOT NULL AND start_deadline <= ?
        """)
    let numbers = try Int64.fetchAll(statement, arguments: [now.milliseconds])
    for number in numbers {
      guard let job = try Job.find(number: number, db) else { continue }
      _ = try Ending(job: job, ending: settings.expired, now: now, settings: settings)
        .write(db, &effects)
    }
    return numbers.count
  }
}
