internal import GRDB
internal import KeyreelCore

extension JobQueue {
  /// Takes the next job for work, or `nil` when none waits; it is running when this returns.
  public func take() async throws -> TakenJob? { try await take(upTo: 1).first }

  /// Takes the next jobs for work, at most `count`; they are running when this returns.
  ///
  /// The owner with the fewest running jobs comes first, among those the one not served for longest;
  /// of one owner's jobs those of normal priority, in the order of acceptance. Overdue jobs end as
  /// expired before.
  public func take(upTo count: Int) async throws -> [TakenJob] {
    let now = now
    let settings = settings
    return try await write { db, effects in
      try Ending.expireOverdue(settings, now, db, &effects)
      var taken: [TakenJob] = []
      while taken.count < count, let next = try Self.takeNext(now, db) {
        effects.move(next.job, waits: false)
        taken.append(next)
      }
      return taken
    }
  }

  private static func takeNext(_ now: Timestamp, _ db: Database) throws -> TakenJob? {
    let choice = try db.cachedStatement(
      sql: """
        SELECT number FROM jobs INDEXED BY jobs_waiting_by_owner
        WHERE state = 0 AND owner = (
          SELECT owner FROM owners WHERE waiting > 0 ORDER BY running, served, owner LIMIT 1)
        ORDER BY priority, number LIMIT 1
        """)
    guard let number = try Int64.fetchOne(choice) else { return nil }
    try db.run(
      "UPDATE jobs SET state = 1, started_at = ?, attempts = attempts + 1 WHERE number = ?",
      [now.milliseconds, number])
    guard let job = try Job.find(number: number, db),
      let input = try JobPayloads.input(of: number, db)
    else { throw OperationError(.corrupt, "a waiting job has no input in the database") }
    return TakenJob(job: job, input: input)
  }

  /// Ends the job of `attempt`, once; with its files' records, its last log lines, its billing event
  /// and its webhook delivery.
  ///
  /// The files of an ending that is not written are removed.
  public func complete(
    _ attempt: Attempt, with ending: JobEnding, saying lines: [LogLine] = []
  ) async throws -> CompletionOutcome {
    let settings = settings
    do {
      let outcome = try await write { db, effects -> CompletionOutcome in
        guard let job = try Self.current(attempt, db) else { return .stale }
        // Asked for here, so that jobs end in the order in which lists show them.
        let now = settings.now()
        try Self.add(lines, to: job, db)
        for file in ending.files { try Self.insert(file, db) }
        return .completed(
          try Ending(job: job, ending: ending, now: now, settings: settings).write(db, &effects))
      }
      if outcome == .stale { await discard(ending.files) }
      return outcome
    } catch {
      await discard(ending.files)
      throw error
    }
  }

  /// Gives up `attempt`, so that the job waits for another one in its old place.
  public func requeue(_ attempt: Attempt) async throws -> RequeueOutcome {
    let now = now
    let settings = settings
    return try await write { db, effects in
      guard let job = try Self.current(attempt, db) else { return .stale }
      if job.isCancelRequested {
        return .cancelled(
          try Ending(job: job, ending: settings.cancelled, now: now, settings: settings)
            .write(db, &effects))
      }
      guard !job.isNeverRetried, job.attempts < settings.maximumAttempts else {
        return .exhausted(job)
      }
      try db.run("UPDATE jobs SET state = 0 WHERE number = ?", [job.number])
      effects.move(job, waits: true)
      var waiting = job
      waiting.state = .queued
      return .requeued(waiting)
    }
  }

  /// Ends the waiting jobs whose start deadline passed; tells how many.
  @discardableResult
  public func expireOverdue() async throws -> Int {
    let now = now
    let settings = settings
    return try await write { db, effects in
      try Ending.expireOverdue(settings, now, db, &effects)
    }
  }

  /// When the next waiting job's start deadline passes.
  public func nextStartDeadline() async throws -> Timestamp? {
    try await read { db in
      try Int64.fetchOne(
        db,
        sql: "SELECT min(start_deadline) FROM jobs WHERE state = 0 AND start_deadline NOT NULL"
      ).map(Timestamp.at)
    }
  }

  /// Ends a waiting job, or asks the worker of a running one to stop.
  public func cancel(_ id: String) async throws -> CancelOutcome {
    let now = now
    let settings = settings
    return try await write { db, effects in
      guard var job = try Job.find(id, db) else { return .unknown }
      switch job.state {
      case .completed: return .alreadyCompleted(job)
      case .queued:
        return .removed(
          try Ending(job: job, ending: settings.cancelled, now: now, settings: settings)
            .write(db, &effects))
      case .running:
        try db.run("UPDATE jobs SET cancel_requested = 1 WHERE number = ?", [job.number])
        effects.insert(.job(id))
        effects.wish(toCancel: job, stands: true)
        job.isCancelRequested = true
        return .requested(job)
      }
    }
  }

  /// The job of `attempt`, if that is the one it is running in.
  static func current(_ attempt: Attempt, _ db: Database) throws -> Job? {
    guard let job = try Job.find(attempt.jobID, db), job.state == .running,
      job.attempts == attempt.number
    else { return nil }
    return job
  }
}
