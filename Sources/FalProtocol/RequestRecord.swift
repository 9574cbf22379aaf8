public import KeyreelCore

/// One request as the platform remembers it, an entry of `GET /v1/models/requests/by-endpoint`.
public struct RequestRecord: Hashable, Sendable {
  /// The request's id.
  public var requestID: String
  /// The endpoint's id.
  public var endpoint: String
  /// When it was sent, RFC 3339.
  public var sentAt: String
  /// When work on it began.
  public var startedAt: String?
  /// When it ended; `nil` while it waits or runs.
  public var endedAt: String?
  /// The status of its result; `nil` while there is none.
  public var statusCode: Int?
  /// How long the work took.
  public var duration: Duration?
  /// What was sent, where payloads are kept and asked for.
  public var input: JSONValue?
  /// What came of it, where payloads are kept and asked for.
  public var output: JSONValue?

  /// The request `requestID`, sent at `sentAt`.
  public init(
    requestID: String, endpoint: String, sentAt: String, startedAt: String? = nil,
    endedAt: String? = nil, statusCode: Int? = nil, duration: Duration? = nil,
    input: JSONValue? = nil, output: JSONValue? = nil
  ) {
    self.requestID = requestID
    self.endpoint = endpoint
    self.sentAt = sentAt
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.statusCode = statusCode
    self.duration = duration
    self.input = input
    self.output = output
  }

  /// Writes the entry with payloads that are JSON texts already, which may be large; those that are
  /// `nil` are left out.
  public func write(to text: inout JSONText, input: String?, output: String?) {
    text.object { text in
      text.key("request_id")
      text.value(requestID)
      text.key("endpoint_id")
      text.value(endpoint)
      text.key("sent_at")
      text.value(sentAt)
      for (name, moment) in [("started_at", startedAt), ("ended_at", endedAt)] {
        text.key(name)
        if let moment { text.value(moment) } else { text.null() }
      }
      text.key("status_code")
      if let statusCode { text.value(statusCode) } else { text.null() }
      text.key("duration")
      if let duration { text.value(literal: WireTime.seconds(duration)) } else { text.null() }
      for (name, payload) in [("json_input", input), ("json_output", output)] {
        guard let payload else { continue }
        text.key(name)
        text.value(literal: payload)
      }
    }
  }

  /// Reads an entry; only the request's id is needed.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let id = value["request_id"]?.stringValue else {
      throw WireError("a remembered request has no `request_id`")
    }
    self.init(
      requestID: id, endpoint: value["endpoint_id"]?.stringValue ?? "",
      sentAt: value["sent_at"]?.stringValue ?? "", startedAt: value["started_at"]?.stringValue,
      endedAt: value["ended_at"]?.stringValue, statusCode: value["status_code"]?.intValue,
      duration: value["duration"]?.doubleValue.flatMap(WireTime.duration),
      input: value["json_input"].flatMap { $0.isNull ? nil : $0 },
      output: value["json_output"].flatMap { $0.isNull ? nil : $0 })
  }
}

/// Which remembered requests are asked for: the query of `GET /v1/models/requests/by-endpoint`.
public struct RecordQuery: Hashable, Sendable {
  /// How requests ended.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// With an output.
    case success
    /// By the server's fault.
    case error
    /// By the caller's.
    case userError = "user_error"
  }

  /// The order of entries.
  public enum Order: String, Hashable, Sendable, CaseIterable {
    /// The latest end first.
    case endedAt = "ended_at"
    /// The longest first.
    case duration
  }

  /// The endpoint's id.
  public var endpoint: String
  /// The begin of the window, RFC 3339.
  public var start: String?
  /// The end of the window, RFC 3339.
  public var end: String?
  /// Entries of a page, 1 to 100.
  public var limit = 50
  /// Where the page begins.
  public var cursor: String?
  /// Only requests that ended so.
  public var outcome: Outcome?
  /// Only this request.
  public var requestID: String?
  /// The order of entries.
  public var order = Order.endedAt
  /// Whether inputs and outputs are wanted.
  public var includesPayloads = false

  /// All requests of `endpoint` in the usual window.
  public init(endpoint: String) { self.endpoint = endpoint }

  /// Reads a query; values that are not allowed are errors.
  public init(_ query: QueryItems) throws(WireError) {
    guard let endpoint = query["endpoint_id"], !endpoint.isEmpty else {
      throw WireError("`endpoint_id` is missing")
    }
    self.init(endpoint: endpoint)
    start = query["start"]
    end = query["end"]
    cursor = query["cursor"]
    requestID = query["request_id"]
    if let text = query["limit"] {
      guard let value = Int(text), (1...100).contains(value) else {
        throw WireError("`limit` is a whole number from 1 to 100")
      }
      limit = value
    }
    if let text = query["status"] {
      guard let value = Outcome(rawValue: text) else {
        throw WireError("`status` is `success`, `error` or `user_error`")
      }
      outcome = value
    }
    if let text = query["sort_by"] {
      guard let value = Order(rawValue: text) else {
        throw WireError("`sort_by` is `ended_at` or `duration`")
      }
      order = value
    }
    includesPayloads = query.items.contains {
      $0.name == "expand" && $0.value.split(separator: ",").contains("payloads")
    }
  }

  /// The query.
  public var items: QueryItems {
    var items = [QueryItems.Item("endpoint_id", endpoint), .init("limit", String(limit))]
    if let start { items.append(.init("start", start)) }
    if let end { items.append(.init("end", end)) }
    if let cursor { items.append(.init("cursor", cursor)) }
    if let outcome { items.append(.init("status", outcome.rawValue)) }
    if let requestID { items.append(.init("request_id", requestID)) }
    if order != .endedAt { items.append(.init("sort_by", order.rawValue)) }
    if includesPayloads { items.append(.init("expand", "payloads")) }
    return QueryItems(items)
  }
}
