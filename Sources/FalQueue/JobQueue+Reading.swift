internal import GRDB
internal import KeyreelCore

/// A job with all that a status answer needs, read at one moment.
public struct JobStatus: Hashable, Sendable {
  /// The job.
  public var job: Job
  /// Jobs that wait before it; `nil` when it does not wait.
  public var position: Int?
  /// The lines asked for.
  public var logs: [LogLine]
}

/// How many jobs are where.
public struct QueueCounts: Hashable, Sendable {
  /// Jobs that wait.
  public var waiting = 0
  /// Jobs that are worked on.
  public var running = 0
  /// Jobs ever accepted.
  public var accepted = 0
  /// Jobs that ended well.
  public var succeeded = 0
  /// Jobs that ended otherwise.
  public var failed = 0
  /// Webhooks that are still to be delivered.
  public var deliveriesDue = 0
  /// Files that are kept.
  public var files = 0
  /// Bytes of these files.
  public var fileBytes = 0
  /// Jobs that have not ended.
  public var inFlight: Int { waiting + running }
}

extension JobQueue {
  /// The job `id`; `nil` when it is unknown.
  public func job(_ id: String) async throws -> Job? {
    try await read { db in try Job.find(id, db) }
  }

  /// The job `id` with its place in the queue and, unless `logsAfter` is `nil`, its log from there.
  public func status(of id: String, logsAfter: Int? = nil) async throws -> JobStatus? {
    let waiting = waiting
    return try await read { db in
      guard let job = try Job.find(id, db) else { return nil }
      // It may have been taken since the read began, and then nobody is before it.
      let position = job.state == .queued ? waiting.position(of: job) ?? 0 : nil
      return JobStatus(
        job: job, position: position,
        logs: try logsAfter.map { try Self.lines(of: job, after: $0, db) } ?? [])
    }
  }

  private static func lines(of job: Job, after: Int, _ db: Database) throws -> [LogLine] {
    let statement = try db.cachedStatement(
      sql: "SELECT number, time, level, message FROM logs WHERE job = ? AND number > ?")
    return try Row.fetchAll(statement, arguments: [job.number, after]).map {
      LogLine(number: $0[0], time: Timestamp(milliseconds: $0[1]), level: $0[2], message: $0[3])
    }
  }

  /// The job `id` with its input and output; what was withheld or erased is `nil`.
  public func result(of id: String) async throws -> (job: Job, payloads: JobPayloads)? {
    try await read { db in
      guard let job = try Job.find(id, db) else { return nil }
      return (job, try JobPayloads(of: job.number, db))
    }
  }

  /// Jobs that wait.
  public func queueLength() async throws -> Int {
    try await read { db in try Job.queueLength(db) }
  }

  /// How many jobs are where.
  public func counts() async throws -> QueueCounts {
    try await read { db in
      var counts = QueueCounts()
      if let row = try Row.fetchOne(
        db,
        sql: """
          SELECT coalesce(sum(waiting), 0), coalesce(sum(running), 0), coalesce(sum(accepted), 0),
            coalesce(sum(succeeded), 0), coalesce(sum(failed), 0),
            (SELECT count(*) FROM deliveries WHERE outcome = 0),
            (SELECT count(*) FROM files), (SELECT coalesce(sum(size), 0) FROM files)
          FROM owners
          """)
      {
        (counts.waiting, counts.running, counts.accepted) = (row[0], row[1], row[2])
        (counts.succeeded, counts.failed, counts.deliveriesDue) = (row[3], row[4], row[5])
        (counts.files, counts.fileBytes) = (row[6], row[7])
      }
      return counts
    }
  }

  /// Yields whenever the job's state, cancel wish or log changes from now on; ends at ``close()``.
  ///
  /// Ask for it before reading the job, so that no change falls between. Several changes may be one.
  public func changes(of id: String) -> AsyncStream<Void> { board.stream(of: .job(id)) }

  /// Yields once the running job is to be cancelled, at once when that was said before; ends at ``close()``.
  public func cancelWishes(of id: String) -> AsyncStream<Void> {
    let stream = board.stream(of: .wish(id))
    if wishes.contains(id) { board.post([.wish(id)]) }
    return stream
  }

  /// Yields whenever a job may be there to take; ends at ``close()``.
  ///
  /// Ask for it before taking, and take before waiting: jobs of an earlier process give no signal.
  public func workSignals() -> AsyncStream<Void> { board.stream(of: .work) }

  /// Yields whenever a webhook became due by a job's end; ends at ``close()``.
  public func deliverySignals() -> AsyncStream<Void> { board.stream(of: .deliveries) }

  /// Waits until the job has ended; `nil` when it is unknown, the queue closes or the task is cancelled.
  public func completion(of id: String) async throws -> Job? {
    var changes = changes(of: id).makeAsyncIterator()
    while let job = try await job(id) {
      if job.state == .completed { return job }
      guard await changes.next() != nil else { return nil }
    }
    return nil
  }

  /// Streams that are being read, for metrics.
  public var readerCount: Int { board.readerCount }
}
