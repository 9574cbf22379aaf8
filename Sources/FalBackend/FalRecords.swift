internal import FalProtocol
public import HTTP
public import KeyreelCore

/// The provider's own records of an account's requests and bills, for reconciling.
///
/// Reads only.
public struct FalRecords: Sendable {
  /// One request as the provider remembers it.
  public struct Request: Hashable, Sendable {
    /// Its id.
    public var id: String
    /// The endpoint that it was sent to.
    public var endpoint: String
    /// When it was sent, RFC 3339.
    public var sentAt: String
    /// When it ended; `nil` while it waits or runs.
    public var endedAt: String?
    /// The status of its result; `nil` while there is none.
    public var statusCode: Int?
    /// What was sent, where the provider keeps it.
    public var input: CanonicalInput?

    /// A remembered request.
    public init(
      id: String, endpoint: String, sentAt: String, endedAt: String? = nil, statusCode: Int? = nil,
      input: CanonicalInput? = nil
    ) {
      self.id = id
      self.endpoint = endpoint
      self.sentAt = sentAt
      self.endedAt = endedAt
      self.statusCode = statusCode
      self.input = input
    }
  }

  /// What one request cost.
  public struct Bill: Hashable, Sendable {
    /// The request's id.
    public var requestID: String
    /// Units billed.
    public var units: Money
    /// What all cost.
    public var cost: Money
    /// ISO 4217 code.
    public var currency: String
    /// When it was billed, RFC 3339.
    public var timestamp: String
  }

  private let service: FalServices
  private let reads: PatientReads

  /// No account has more in a time that anybody reconciles; a server that pages for ever ends here.
  private static let mostPages = 2000

  /// The records of the account of `settings`; without a `session` they have one of their own.
  public init(_ settings: FalSettings, session: HTTPSession? = nil) {
    service = FalServices(
      settings: settings, session: session ?? HTTPSession(settings.session))
    reads = PatientReads(settings.pace)
  }

  /// All requests to `endpoint` between two times (RFC 3339), with their inputs, in the order listed.
  ///
  /// Throws an ``OperationError`` rather than a part of the list.
  public func requests(
    of endpoint: String, from start: String?, to end: String? = nil
  ) async throws -> [Request] {
    var query = RecordQuery(endpoint: endpoint)
    query.start = start
    query.end = end
    query.limit = 100
    query.includesPayloads = true
    return try await all("the requests of \(endpoint)", .requestsByEndpoint, "items", query.items) {
      let record = try RequestRecord(decoding: $0)
      return Request(
        id: record.requestID, endpoint: record.endpoint.isEmpty ? endpoint : record.endpoint,
        sentAt: record.sentAt, endedAt: record.endedAt, statusCode: record.statusCode,
        input: record.input.map(CanonicalInput.init))
    }
    .filter { QueueRoute.isRequestID($0.id) }
  }

  /// What the requests with these ids cost; those not billed (yet) are missing.
  public func bills(of ids: [String]) async throws -> [Bill] {
    var bills: [Bill] = []
    let ids = ids.filter(QueueRoute.isRequestID)
    // Short enough for an address.
    for start in stride(from: 0, to: ids.count, by: 50) {
      let wanted = ids[start..<min(start + 50, ids.count)]
      bills += try await all("the bills", .billingEvents, Self.billsName, Self.billsQuery(wanted)) {
        let event = try BillingEvent(decoding: $0)
        return Bill(
          requestID: event.requestID, units: event.units, cost: event.cost,
          currency: event.currency, timestamp: event.timestamp)
      }
      .filter { wanted.contains($0.requestID) }
    }
    return bills
  }

  /// Under which name a page has bills.
  static let billsName = "billing_events"

  /// The query for the bills of at most fifty requests.
  static func billsQuery(_ ids: some Sequence<String>) -> QueryItems {
    QueryItems([.init("limit", "100"), .init("request_id", ids.joined(separator: ","))])
  }

  /// The entries of all pages of a list.
  private func all<Entry: Sendable>(
    _ subject: String, _ route: PlatformRoute, _ name: String, _ query: QueryItems,
    _ read: @escaping @Sendable (JSONValue) throws -> Entry
  ) async throws -> [Entry] {
    try await service.telling(subject) {
      var entries: [Entry] = []
      var cursors: Set<String> = []
      var cursor: String?
      repeat {
        var items = query
        if let cursor { items.items.append(.init("cursor", cursor)) }
        // A hundred requests with their pictures inside.
        let page = try await reads { [items] in
          try await service.page(route, items, named: name, maximumBytes: 256 << 20)
        }
        entries += try page.items.map(read)
        cursor = page.nextCursor
        if let cursor, !cursors.insert(cursor).inserted || cursors.count > Self.mostPages {
          throw OperationError(
            .network, "\(subject) have no end: the platform repeats its pages",
            remedy: "ask for a shorter time")
        }
      } while cursor != nil
      return entries
    }
  }
}
