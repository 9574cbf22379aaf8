internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// `GET /v1/models/requests/by-endpoint`: a key's own requests, also those that wait or run.
struct RequestListing {
  let queue: JobQueue

  /// Bytes of inputs and outputs in one page; a page ends early where more would come.
  private static let payloadLimit = 16 << 20

  func answer(_ owner: String, _ call: Call) async throws -> Response {
    let wanted = try RecordQuery(call.query)
    var filter = try filter(wanted, call)
    filter.owner = owner
    guard var page = try await queue.requests(filter) else {
      throw Refusal.invalidQuery("`cursor` is none of ours")
    }
    var payloads: [String: JobPayloads?] = [:]
    if wanted.includesPayloads {
      payloads = try await self.payloads(of: page.items)
      let kept = page.items.prefix { payloads[$0.job.id] != nil }
      if kept.count < page.items.count {
        filter.limit = kept.count
        page = try await queue.requests(filter) ?? page
      }
    }
    let entries = page.items.map { record in
      Self.entry(record.job, payloads[record.job.id] ?? nil, call.addresses).json
    }
    return Answer.json(
      bytes: PlatformPage(entries, nextCursor: page.nextCursor).json(as: "items").bytes)
  }

  private func filter(_ wanted: RecordQuery, _ call: Call) throws -> RequestFilter {
    let query = PlatformQuery(query: call.query, now: queue.now)
    var filter = RequestFilter()
    filter.endpoints = try query.list("endpoint_id")
    filter.requestIDs = wanted.requestID.map { [$0] } ?? []
    // One request is looked for much further back than all of them.
    let window = try query.window(
      defaulting: .seconds(wanted.requestID == nil ? 86_400 : 90 * 86_400))
    filter.from = window.from
    filter.until = window.until
    filter.outcome = wanted.outcome.flatMap { RequestFilter.Outcome(rawValue: $0.rawValue) }
    filter.order = wanted.order == .duration ? .duration : .endedAt
    filter.limit = wanted.limit
    filter.cursor = wanted.cursor
    return filter
  }

  /// Inputs and outputs of the first jobs, of at least one and of as many as fit.
  private func payloads(
    of records: [FalQueue.RequestRecord]
  ) async throws -> [String: JobPayloads?] {
    var payloads: [String: JobPayloads?] = [:]
    var bytes = 0
    for job in records.map(\.job) {
      let found = try await queue.result(of: job.id)?.payloads
      bytes += (found?.input?.utf8.count ?? 0) + (found?.output?.utf8.count ?? 0)
      guard payloads.isEmpty || bytes <= Self.payloadLimit else { break }
      // A result that is only kept to be fetched is not shown here.
      payloads[job.id] = .some(job.keepsPayloads ? found : nil)
    }
    return payloads
  }

  private static func entry(
    _ job: Job, _ payloads: JobPayloads?, _ addresses: ServiceAddresses
  ) -> FalProtocol.RequestRecord {
    FalProtocol.RequestRecord(
      requestID: job.id, endpoint: job.endpoint, sentAt: job.acceptedAt.rfc3339,
      startedAt: job.startedAt?.rfc3339, endedAt: job.endedAt?.rfc3339,
      statusCode: job.statusCode, duration: job.workTime,
      input: payloads?.input.flatMap(value),
      output: payloads?.output.flatMap { value(MediaAddress.resolve($0, for: addresses)) })
  }

  private static func value(_ text: String) -> JSONValue? {
    try? JSONValue(parsing: Array(text.utf8))
  }
}

extension Job {
  /// From the beginning of the last attempt to the end.
  fileprivate var workTime: Duration? {
    guard let startedAt, let endedAt else { return nil }
    return endedAt - startedAt
  }
}

/// `GET /v1/models/billing-events`: what a key's own requests cost.
struct BillingListing {
  let queue: JobQueue

  /// Events of one page.
  private static let most = 1000

  func answer(_ owner: String, _ call: Call) async throws -> Response {
    let query = PlatformQuery(query: call.query, now: queue.now)
    var filter = BillingFilter()
    filter.owner = owner
    filter.endpoints = try query.list("endpoint_id")
    filter.requestIDs = try query.list("request_id")
    let window = try query.window(
      defaulting: .seconds(filter.requestIDs.isEmpty ? 86_400 : 90 * 86_400))
    filter.from = window.from
    filter.until = window.until
    filter.limit = try query.limit(standard: 50, most: Self.most)
    filter.cursor = call.query["cursor"]
    guard let page = try await queue.billingEvents(filter) else {
      throw Refusal.invalidQuery("`cursor` is none of ours")
    }
    let entries = page.items.map { event in
      FalProtocol.BillingEvent(
        requestID: event.requestID, endpoint: event.endpoint, timestamp: event.time.rfc3339,
        units: event.units, unitPrice: event.price?.unitPrice ?? .zero, cost: event.cost,
        currency: event.price?.currency ?? "USD"
      ).json
    }
    return Answer.json(
      bytes: PlatformPage(entries, nextCursor: page.nextCursor).json(as: "billing_events").bytes)
  }
}

/// `DELETE /v1/models/requests/{id}/payloads`: input, output and output files of one request, for good.
struct PayloadRemoval {
  let queue: JobQueue

  func remove(_ requestID: String, _ owner: String, _ call: Call) async throws -> Response {
    guard let job = try await queue.job(requestID), job.owner == owner else {
      throw Refusal(.notFound, "Request not found")
    }
    guard job.state == .completed else {
      throw Refusal.invalidQuery("The request is still in progress")
    }
    let files = try await queue.files(ofJob: requestID)
    // Payloads go first: what is shown no more leads to no missing file.
    _ = try await queue.erasePayloads(of: requestID)
    var results: [JSONValue] = []
    for file in files {
      try await queue.removeFile(file.id)
      let link = call.addresses[.media] + MediaPath.of(file)
      results.append(["link": .string(link), "exception": .null])
    }
    return Answer.json(bytes: (["cdn_delete_results": .array(results)] as JSONValue).bytes)
  }
}
