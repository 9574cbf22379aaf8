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
  /// It does, up to so many bytes: a page ends early where more would come, but not before its first job.
  case payloads(upTo: Int)
  /// It does not.
  case none
}

extension JobQueue {
  /// A page of the jobs that `filter` lets through; `nil` when its cursor is not one of ours.
  public func requests(
    _ filter: RequestFilter, expanding: PayloadExpansion = .none
  ) async throws -> Page<RequestRecord>? {
    // Jobs that ended in some way have a time of it, and an index by that.
    let hasEnded = filter.outcome != nil && filter.order == .endedAt
    let key =
      switch filter.order {
      case .endedAt: hasEnded ? "ended_at" : "coalesce(ended_at, 9223372036854775807)"
      case .duration: "coalesce(ended_at - started_at, -1)"
      }
    var list = ListQuery(sortedBy: key, limit: filter.limit)
    if let owner = filter.owner { list.add("owner = ?", [owner]) }
    list.add("endpoint", among: filter.endpoints)
    list.add("id", among: filter.requestIDs)
    list.add("accepted_at", from: filter.from, until: filter.until)
    switch filter.outcome {
    case .success: list.add("state = 2 AND status_code < 400")
    case .userError: list.add("state = 2 AND status_code BETWEEN 400 AND 499")
    case .error: list.add("state = 2 AND status_code >= 500")
    case nil: break
    }
    guard list.resume(at: filter.cursor) else { return nil }
    let isFoundByEnd = hasEnded && !filter.endpoints.isEmpty && filter.requestIDs.isEmpty
    let table = isFoundByEnd ? "jobs INDEXED BY jobs_ended_by_endpoint" : "jobs"
    return try await read { [list] db in
      var bytes = 0
      return try list.page(of: table, Job.columns, db) { row in
        let job = try Job(row)
        guard case .payloads(let limit) = expanding else { return RequestRecord(job: job) }
        let payloads =
          job.keepsPayloads ? try JobPayloads(of: job.number, db) : JobPayloads()
        let isFirst = bytes == 0
        bytes += 1 + payloads.byteCount
        return bytes <= limit || isFirst ? RequestRecord(job: job, payloads: payloads) : nil
      }
    }
  }
}

extension JobPayloads {
  fileprivate var byteCount: Int { (input?.utf8.count ?? 0) + (output?.utf8.count ?? 0) }
}
