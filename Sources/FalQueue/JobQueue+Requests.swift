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

  /// The endpoint's full id; any when `nil`.
  public var endpoint: String?
  /// Full ids of endpoints; any when empty.
  public var endpoints: [String] = []
  /// The key that sent them; any when `nil`.
  public var owner: String?
  /// Accepted at this moment or later.
  public var from: Timestamp?
  /// Accepted before this moment.
  public var until: Timestamp?
  /// Only this job.
  public var requestID: String?
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

/// A part of a listing.
public struct Page<Item: Hashable & Sendable>: Hashable, Sendable {
  /// The items in order.
  public var items: [Item]
  /// What to ask for to get the next page; `nil` at the end.
  public var nextCursor: String?
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
    let limit = max(1, min(filter.limit, 1000))
    guard let query = Self.query(filter, key: key, limit: limit) else { return nil }
    return try await read { db in
      let rows = try Row.fetchAll(db, sql: query.sql, arguments: query.arguments)
      let kept = rows.prefix(limit)
      let items = try kept.map { row in
        let job = try Job(row)
        return RequestRecord(
          job: job, payloads: expanding == .payloads ? try Self.payloads(of: job, db) : nil)
      }
      guard rows.count > kept.count, let last = kept.last, let item = items.last else {
        return Page(items: items, nextCursor: nil)
      }
      return Page(
        items: items, nextCursor: "\(last["sort_key"] as Int64).\(item.job.number)")
    }
  }

  private static func payloads(of job: Job, _ db: Database) throws -> JobPayloads {
    guard job.keepsPayloads else { return JobPayloads(input: nil, output: nil) }
    let statement = try db.cachedStatement(sql: "SELECT input, output FROM payloads WHERE job = ?")
    let row = try Row.fetchOne(statement, arguments: [job.number])
    return JobPayloads(input: row?[0], output: row?[1])
  }

  /// So many question marks as there are values.
  static func marks(_ values: [String]) -> String {
    values.map { _ in "?" }.joined(separator: ", ")
  }

  private static func query(
    _ filter: RequestFilter, key: String, limit: Int
  ) -> (sql: String, arguments: StatementArguments)? {
    var conditions: [String] = []
    var arguments = StatementArguments()
    func add(_ condition: String, _ values: [(any DatabaseValueConvertible)?]) {
      conditions.append(condition)
      arguments += StatementArguments(values)
    }
    if let endpoint = filter.endpoint { add("endpoint = ?", [endpoint]) }
    if let owner = filter.owner { add("owner = ?", [owner]) }
    if !filter.endpoints.isEmpty {
      add("endpoint IN (\(Self.marks(filter.endpoints)))", filter.endpoints)
    }
    if !filter.requestIDs.isEmpty {
      add("id IN (\(Self.marks(filter.requestIDs)))", filter.requestIDs)
    }
    if let from = filter.from { add("accepted_at >= ?", [from.milliseconds]) }
    if let until = filter.until { add("accepted_at < ?", [until.milliseconds]) }
    if let id = filter.requestID { add("id = ?", [id]) }
    switch filter.outcome {
    case .success: add("status_code < 400", [])
    case .userError: add("status_code BETWEEN 400 AND 499", [])
    case .error: add("status_code >= 500", [])
    case nil: break
    }
    if let cursor = filter.cursor {
      guard let place = PageCursor(cursor) else { return nil }
      add("(\(key), number) < (?, ?)", [place.key, place.number])
    }
    arguments += [limit + 1]
    let filtered = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    return (
      """
      SELECT \(Job.columns), \(key) AS sort_key FROM jobs \(filtered)
      ORDER BY sort_key DESC, number DESC LIMIT ?
      """, arguments
    )
  }
}

/// Where a page ended: the value sorted by, and the row's number.
struct PageCursor {
  var key: Int64
  var number: Int64

  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let key = Int64(parts[0]), let number = Int64(parts[1]) else {
      return nil
    }
    (self.key, self.number) = (key, number)
  }
}
