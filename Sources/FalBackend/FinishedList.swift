internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// Asks the platform for all requests of an endpoint that ended well lately, a page for many of them.
///
/// Reads only, each once: whoever asks has another way to learn the same.
struct FinishedList: Sendable {
  let service: FalServices

  /// Entries of a page, at least and at most.
  private static let (fewest, most) = (16, 100)
  /// Pages that a look may always take.
  private static let fairPages = 5
  /// A platform that takes longer is of no help.
  private static let timeout = Duration.seconds(10)
  /// So many bills in one call: short enough for an address.
  static let billsPerCall = 50

  /// Results of requests that ended after those that `isKnown` names, the latest first.
  ///
  /// Pages are read until a few entries of one are known, because requests that end together may come in
  /// another order, and until twice the `waiting` requests would have been on them, which become more
  /// during the first look: what a look leaves out, the next one takes for known. Only entries that say
  /// all that a result says are told: an end, a status of success, an output that can be read.
  func results(
    of endpoint: EndpointID, expecting count: Int, waiting: () -> Int,
    isKnown: (String) -> Bool
  ) async throws -> [String: ModelOutput?] {
    var query = RecordQuery(endpoint: endpoint.description)
    query.outcome = .success
    query.includesPayloads = true
    var found: [String: ModelOutput?] = [:]
    var (pages, entries) = (0, 0)
    repeat {
      query.limit = min(
        Self.most, max(Self.fewest, count + Self.overlap(count), waiting() / 4))
      let page = try await service.page(
        .requestsByEndpoint, query.items, named: "items", maximumBytes: 16 << 20,
        timeout: Self.timeout)
      var news = 0
      for entry in page.items {
        let record = try RequestRecord(decoding: entry)
        guard !isKnown(record.requestID), found[record.requestID] == nil else { continue }
        news += 1
        found[record.requestID] = .some(Self.output(record, of: endpoint))
      }
      let known = page.items.count - news
      guard let cursor = page.nextCursor, known < Self.overlap(page.items.count) / 2 else { break }
      query.cursor = cursor
      (pages, entries) = (pages + 1, entries + page.items.count)
    } while pages < Self.fairPages || entries <= waiting() * 2
    return found
  }

  /// Units billed for requests, as a result's header tells them; those without a bill are missing.
  func units(of ids: ArraySlice<String>) async throws -> [String: String] {
    let page = try await service.page(
      .billingEvents, FalRecords.billsQuery(ids), named: FalRecords.billsName,
      timeout: Self.timeout)
    var units: [String: String] = [:]
    for entry in page.items {
      let bill = try BillingEvent(decoding: entry)
      // None at all may be an answer that leaves them out; the result itself tells for sure.
      if bill.units > .zero { units[bill.requestID] = bill.units.decimal }
    }
    return units
  }

  /// Entries beyond `count` new ones that are asked for: half of them known end a look.
  private static func overlap(_ count: Int) -> Int { max(8, count / 4) }

  private static func output(_ record: RequestRecord, of endpoint: EndpointID) -> ModelOutput? {
    guard record.endedAt != nil, let status = record.statusCode, (200..<300).contains(status),
      record.endpoint.isEmpty || record.endpoint == endpoint.description
    else { return nil }
    return record.output.flatMap { try? ModelOutput(decoding: $0) }
  }
}
