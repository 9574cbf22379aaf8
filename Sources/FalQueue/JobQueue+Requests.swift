internal import GRDB
internal import KeyreelCore

/// Which jobs a listing is to hold.
public struct RequestFilter: Hashable, Sendable {
  /// How a job ended.
  public enum Outcome: String, Hashable, Sendable {
    /// With a status below 400.
    case success
    /// With 500 or more.
    case error
    /// With 400…499.
    case userError = "user_error"
  }

  /// What a listing is sorted by, the greatest first.
  public enum Order: String, Hashable, Sendable {
    /// When they ended; those that have not come first.
    case endedAt = "ended_at"
    /// How long the last attempt took.
    case duration
  }

  /// Full ids of endpoints; any when empty.
  public var endpoints: [String] = []
  /// The key that sent them; any when `nil`.
  public var owner: String?
  /// Accepted at this moment or later.
  public var from: Timestamp?
  /// Accepted before this moment.
  public var until: Timestamp?
  /// Only these jobs; any when empty.
  public var requestIDs: [String] = []
  /// Only jobs that ended so.
  public var outcome: Outcome?
  /// Sorting.
  public var order = Order.endedAt
  /// Most jobs in one page.
  public var limit = 50
  /// Where the last page ended.
  public var cursor: String?

  /// All jobs.
  public init() {}
}

/// One job of a listing.
public struct RequestRecord: Hashable, Sendable {
  /// The job.
  public var job: Job
  /// Input and output; `nil` when they were not asked for or not stored.
  public var payloads: JobPayloads?
}

/// Whether a listing holds inputs and outputs.
public enum PayloadExpansion: Hashable, Sendable {
  /// It does.
  case payloads
  /// It does not.
  case none
}

extension JobQueue {
  /// A page of the jobs that `filter` lets through; `nil` when its cursor is not one of ours.
  public func requests(
    _ filter: RequestFilter, expanding: PayloadExpansion = .none
  ) async throws -> Page<RequestRecord>? {
    let key =
      switch filter.order {
      case .endedAt: "coalesce(ended_at, 9223372036854775807)"
      case .duration: "coalesce(ended_at - started_at, -1)"
      }
    var list = ListQuery(sortedBy: key, limit: filter.limit)
    if let owner = filter.owner { list.add("owner = ?", [owner]) }
    list.add("endpoint", among: filter.endpoints)
    list.add("id", among: filter.requestIDs)
    list.add("accepted_at", from: filter.from, until: filter.until)
    switch filter.outcome {
    case .success: list.add("status_code < 400")
    case .userError: list.add("status_code BETWEEN 400 AND 499")
    case .error: list.add("status_code >= 500")
    case nil: break
    }
    guard list.resume(at: filter.cursor) else { return nil }
    return try await read { [list] db in
      try list.page(of: "jobs", Job.columns, db) { row in
        let job = try Job(row)
        return RequestRecord(
          job: job, payloads: expanding == .payloads ? try Self.payloads(of: job, db) : nil)
      }
    }
  }

  private static func payloads(of job: Job, _ db: Database) throws -> JobPayloads {
    guard job.keepsPayloads else { return JobPayloads(input: nil, output: nil) }
    let statement = try db.cachedStatement(sql: "SELECT input, output FROM payloads WHERE job = ?")
    let row = try Row.fetchOne(statement, arguments: [job.number])
    return JobPayloads(input: row?[0], output: row?[1])
  }
}
