internal import GRDB
internal import KeyreelCore

/// A webhook that is to be told of a job's end.
public struct Delivery: Hashable, Sendable {
  /// Its number.
  public var number: Int64
  /// The ended job.
  public var job: Job
  /// The job's input and output, as far as they are there.
  public var payloads: JobPayloads
  /// Whom to tell.
  public var url: String
  /// Tries before this one.
  public var tries: Int
}

/// How a try to tell a webhook went.
public enum DeliveryResult: Hashable, Sendable {
  /// It was told.
  case delivered
  /// It was not, and may be later.
  case failed(String)
  /// It never will be: a redirect, a forbidden target.
  case refused(String)
}

/// What follows after a try.
public enum DeliveryFate: Hashable, Sendable {
  /// It is done.
  case delivered
  /// It is tried again then.
  case again(at: Timestamp)
  /// It is given up.
  case givenUp
  /// It was over already.
  case unknown
}

extension JobQueue {
  /// Takes webhooks whose time has come; each belongs to the caller for the lease in the settings.
  ///
  /// Report each by ``record(_:of:)``; one that is not comes again, as after a crash.
  public func takeDueDeliveries(limit: Int = 16) async throws -> [Delivery] {
    let now = now
    let lease = settings.deliveryLease
    return try await write { db, _ in
      let statement = try db.cachedStatement(
        sql: """
          SELECT number, job, url, tries FROM deliveries
          WHERE outcome = 0 AND due_at <= ? ORDER BY due_at, number LIMIT ?
          """)
      return try Row.fetchAll(statement, arguments: [now.milliseconds, limit]).compactMap { row in
        guard let job = try Job.find(number: row[1], db) else { return nil }
        try db.run(
          "UPDATE deliveries SET due_at = ? WHERE number = ?",
          [(now + lease).milliseconds, row[0] as Int64])
        return Delivery(
          number: row[0], job: job, payloads: try JobPayloads(of: job.number, db), url: row[2],
          tries: row[3])
      }
    }
  }

  /// Writes how a try went, and decides what follows.
  public func record(
    _ result: DeliveryResult, of delivery: Delivery
  ) async throws -> DeliveryFate {
    let now = now
    let delays = settings.deliveryDelays
    return try await write { db, effects in
      let statement = try db.cachedStatement(
        sql: "SELECT tries FROM deliveries WHERE number = ? AND outcome = 0")
      guard let before = try Int.fetchOne(statement, arguments: [delivery.number]) else {
        return .unknown
      }
      func write(_ outcome: Int, _ due: Timestamp?, _ told: String?) throws {
        try db.run(
          """
          UPDATE deliveries SET tries = ?, outcome = ?, due_at = ?, last_result = ?
          WHERE number = ?
          """,
          [before + 1, outcome, due?.milliseconds, told, delivery.number])
      }
      switch result {
      case .delivered:
        try write(1, nil, nil)
        return .delivered
      case .failed(let reason) where before < delays.count:
        let due = now + delays[before]
        try write(0, due, reason)
        effects.insert(.deliveries)
        return .again(at: due)
      case .failed(let reason), .refused(let reason):
        try write(2, nil, reason)
        return .givenUp
      }
    }
  }

  /// When the next webhook is due; `nil` when none waits.
  public func nextDeliveryTime() async throws -> Timestamp? {
    try await read { db in
      try Int64.fetchOne(db, sql: "SELECT min(due_at) FROM deliveries WHERE outcome = 0")
        .map(Timestamp.at)
    }
  }
}
