internal import GRDB
internal import KeyreelCore

extension JobQueue {
  /// Takes a job in; when it says accepted, the job is on the disk.
  ///
  /// Throws `JobQueue.idTaken` when the job brings an id that is in use.
  public func accept(_ new: NewJob) async throws -> Acceptance {
    let now = now
    let id = new.id ?? RandomText.uuid()
    let idempotencyLife = settings.idempotencyLife
    let found: Acceptance = try await write { db, effects in
      if let known = try Self.earlier(new, now, db) { return known }
      if let most = new.maximumQueueLength {
        let length = try Job.queueLength(db)
        if length > most { return .tooLong(queueLength: length) }
      }
      guard try Job.find(id, db) == nil else {
        throw OperationError(.requestIDTaken, "the request id \(id) is in use")
      }
      try Self.insert(new, id: id, now, db)
      let number = db.lastInsertedRowID
      try db.run("INSERT INTO inputs (job, input) VALUES (?, ?)", [number, new.input])
      if let name = new.idempotency {
        try db.run(
          "INSERT OR REPLACE INTO idempotency (owner, key, body, job, expires_at) VALUES (?, ?, ?, ?, ?)",
          [
            new.owner, name.key, name.body.data, number, (now + idempotencyLife).milliseconds,
          ])
      }
      guard let job = try Job.find(number: number, db) else {
        preconditionFailure("a job that was just written is there")
      }
      effects.move(job, waits: true)
      return .accepted(job, position: 0)
    }
    return placed(found)
  }

  /// `found` with the place that the job has by now.
  private func placed(_ found: Acceptance) -> Acceptance {
    switch found {
    case .accepted(let job, _): .accepted(job, position: waiting.position(of: job) ?? 0)
    case .replayed(let job, _): .replayed(job, position: waiting.position(of: job))
    case .conflict, .tooLong: found
    }
  }

  /// What the idempotency key, if any, says of an earlier submission.
  private static func earlier(
    _ new: NewJob, _ now: Timestamp, _ db: Database
  ) throws -> Acceptance? {
    guard let name = new.idempotency else { return nil }
    let statement = try db.cachedStatement(
      sql: "SELECT body, job FROM idempotency WHERE owner = ? AND key = ? AND expires_at > ?")
    guard
      let row = try Row.fetchOne(
        statement, arguments: [new.owner, name.key, now.milliseconds]),
      let job = try Job.find(number: row[1], db)
    else { return nil }
    guard row[0] == name.body.data else { return .conflict(jobID: job.id) }
    return .replayed(job, position: nil)
  }

  private static func insert(_ new: NewJob, id: String, _ now: Timestamp, _ db: Database) throws {
    try db.run(
      """
      INSERT INTO jobs (id, endpoint, owner, priority, accepted_at, start_deadline, never_retried,
        keeps_payloads, file_life, webhook, tags, context, unit_price, unit, currency,
        file_access)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        id, new.endpoint, new.owner, new.priority.rawValue, now.milliseconds,
        new.startTimeout.map { (now + $0).milliseconds }, new.isNeverRetried, new.keepsPayloads,
        new.fileLife?.milliseconds, new.webhook, new.tags, new.context,
        new.price?.unitPrice.nanos, new.price?.unit, new.price?.currency,
        new.fileAccess.rawValue,
      ])
  }
}
