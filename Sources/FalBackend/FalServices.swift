internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// Calls of the account's services: addresses, the key where it belongs, answers read.
struct FalServices: Sendable {
  let settings: FalSettings
  let session: HTTPSession

  /// A call of `path` at `service`, with the key.
  func call(
    _ method: HTTPCall.Method, _ service: FalService, _ path: String,
    headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
  ) -> HTTPCall {
    var headers = headers
    headers.append(("Authorization", Credentials.key(settings.key.text).header))
    headers.append(("Accept", "application/json"))
    if body != nil { headers.append(("Content-Type", "application/json")) }
    return HTTPCall(
      method, settings.address(of: service) + path, headers: headers, body: body)
  }

  /// The answer's JSON; throws a ``ServiceFailure`` for answers that are no success.
  func json(_ call: HTTPCall) async throws -> JSONValue {
    let answer = try await session.send(call)
    guard answer.isSuccess else { throw Self.failure(answer) }
    return try Self.json(answer)
  }

  /// The JSON of a successful answer.
  static func json(_ answer: HTTPAnswer) throws -> JSONValue {
    do { return try JSONValue(parsing: answer.body) } catch {
      throw WireError("the answer is no JSON: \(error)")
    }
  }

  /// What an answer that is no success says.
  static func failure(_ answer: HTTPAnswer) -> ServiceFailure {
    ServiceFailure(
      statusCode: answer.status, body: ErrorBody(decoding: answer.body),
      header: { answer.header($0) })
  }
}

extension RequestOptions {
  /// The headers that ask for this; none for what the platform does anyway.
  var headers: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if priority != .normal { headers.append((FalHeader.queuePriority, priority.rawValue)) }
    if let startTimeout {
      let (seconds, attoseconds) = startTimeout.components
      headers.append(
        (FalHeader.requestTimeout, "\(seconds).\(attoseconds / 100_000_000_000_000_000)"))
    }
    if let runnerHint { headers.append((FalHeader.runnerHint, runnerHint)) }
    if !allowsRetries { headers.append((FalHeader.noRetry, "1")) }
    if !storesPayloads { headers.append((FalHeader.storeIO, "0")) }
    if !allowsFallback { headers.append((FalHeader.disableFallback, "1")) }
    if let lifecycle { headers.append((FalHeader.lifecyclePreference, lifecycle.header)) }
    if !tags.isEmpty {
      headers.append((FalHeader.tags, tags.map { "\($0.name)=\($0.value)" }.joined(separator: ",")))
    }
    return headers
  }

  /// The query of a submission.
  var query: QueryItems {
    var items: [QueryItems.Item] = []
    if let webhook { items.append(.init("fal_webhook", webhook)) }
    if let maximumQueueLength {
      items.append(.init("fal_max_queue_length", String(maximumQueueLength)))
    }
    return QueryItems(items)
  }
}
