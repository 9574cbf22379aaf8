internal import GRDB
public import KeyreelCore

/// What one job was charged.
public struct BillingEvent: Hashable, Sendable {
  /// The job.
  public var requestID: String
  /// The endpoint's full id.
  public var endpoint: String
  /// The key that sent it.
  public var owner: String
  /// When it ended.
  public var time: Timestamp
  /// Units charged.
  public var units: Money
  /// What a unit costs, as told when the job was accepted.
  public var price: JobPrice?
  /// What was charged.
  public var cost: Money
}

/// Which billing events a listing is to hold.
public struct BillingFilter: Hashable, Sendable {
  /// Full ids of endpoints; any when empty.
  public var endpoints: [String] = []
  /// The key that is charged; any when `nil`.
  public var owner: String?
  /// At this moment or later.
  public var from: Timestamp?
  /// Before this moment.
  public var until: Timestamp?
  /// Only these jobs; any when empty.
  public var requestIDs: [String] = []
  /// Most events in one page.
  public var limit = 50
  /// Where the last page ended.
  public var cursor: String?

  /// All events.
  public init() {}
}

/// What one key has used, ever.
public struct KeyUsage: Hashable, Sendable {
  /// The key's id.
  public var owner: String
  /// Jobs accepted.
  public var accepted: Int
  /// Jobs that ended well.
  public var succeeded: Int
  /// Jobs that ended otherwise.
  public var failed: Int
  /// Units charged.
  public var units: Money
  /// What was charged.
  public var cost: Money
}

extension JobQueue {
  /// A page of billing events, the newest first; `nil` when the cursor is not one of ours.
  public func billingEvents(_ filter: BillingFilter) async throws -> Page<BillingEvent>? {
    var list = ListQuery(sortedBy: "time", limit: filter.limit)
    // SQLite would look through all events of an owner rather than for some by their ids; a plus keeps
    // a column from being found by an index.
    let plus = filter.requestIDs.isEmpty ? "" : "+"
    if let owner = filter.owner { list.add("\(plus)owner = ?", [owner]) }
    list.add("endpoint", among: filter.endpoints)
    list.add("job_id", among: filter.requestIDs)
    list.add("\(plus)time", from: filter.from, until: filter.until)
    guard list.resume(at: filter.cursor) else { return nil }
    return try await read { [list] db in
      try list.page(
        of: "billing", "job_id, endpoint, owner, time, units, unit_price, unit, currency, cost", db
      ) { BillingEvent($0) }
    }
  }

  /// What each key has used, by key id; keys without a job are missing.
  public func usage() async throws -> [String: KeyUsage] {
    try await read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT owner, accepted, succeeded, failed, units, cost FROM owners")
      return Dictionary(
        uniqueKeysWithValues: rows.map { row in
          let usage = KeyUsage(
            owner: row[0], accepted: row[1], succeeded: row[2], failed: row[3],
            units: Money(nanos: row[4]), cost: Money(nanos: row[5]))
          return (usage.owner, usage)
        })
    }
  }
}

extension BillingEvent {
  fileprivate init(_ row: Row) {
    requestID = row[0]
    endpoint = row[1]
    owner = row[2]
    time = Timestamp(milliseconds: row[3])
    units = Money(nanos: row[4])
    if let unitPrice: Int64 = row[5], let unit: String = row[6], let currency: String = row[7] {
      price = JobPrice(unitPrice: Money(nanos: unitPrice), unit: unit, currency: currency)
    }
    cost = Money(nanos: row[8])
  }
}
