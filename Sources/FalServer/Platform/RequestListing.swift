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
    let expansion =
      wanted.includesPayloads ? PayloadExpansion.payloads(upTo: Self.payloadLimit) : .none
    guard let page = try await queue.requests(filter, expanding: expansion) else {
      throw Refusal.invalidQuery("`cursor` is none of ours")
    }
    var text = JSONText()
    PlatformPage.write(
      to: &text, as: "items", nextCursor: page.nextCursor, page.items
    ) { record, text in
      let output = record.payloads?.output.map { MediaAddress.resolve($0, for: call.addresses) }
      Self.entry(record.job).write(to: &text, input: record.payloads?.input, output: output)
    }
    return Answer.json(bytes: text.bytes)
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

  private static func entry(_ job: Job) -> FalProtocol.RequestRecord {
    FalProtocol.RequestRecord(
      requestID: job.id, endpoint: job.endpoint, sentAt: job.acceptedAt.rfc3339,
      startedAt: job.startedAt?.rfc3339, endedAt: job.endedAt?.rfc3339,
      statusCode: job.statusCode, duration: job.workTime)
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
