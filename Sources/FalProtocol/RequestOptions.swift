/// What a caller asks of the platform beside the model's input: headers and query of a submission.
public struct RequestOptions: Hashable, Sendable {
  /// The order in the queue.
  public enum Priority: String, Hashable, Sendable, Codable, CaseIterable {
    /// The default.
    case normal
    /// After all normal ones.
    case low
  }

  /// The order in the queue.
  public var priority = Priority.normal
  /// How long a request may wait for its start.
  public var startTimeout: Duration?
  /// A runner that it would like to have again.
  public var runnerHint: String?
  /// Whether the server may try again by itself.
  public var allowsRetries = true
  /// Whether input and output are kept.
  public var storesPayloads = true
  /// Life and access of the files made.
  public var lifecycle: ObjectLifecycle?
  /// Whether another runner or provider may stand in.
  public var allowsFallback = true
  /// Tags for reports.
  public var tags: [QueryItems.Item] = []
  /// Whom to tell of the end.
  public var webhook: String?
  /// The longest queue that the caller puts up with.
  public var maximumQueueLength: Int?
  /// Names the submission, so that its repetition gets the first one's answer.
  public var idempotencyKey: String?

  /// No wishes at all.
  public init() {}

  /// Reads the headers, asked for by lower-case name, and the query of a submission.
  ///
  /// Throws a mistake whose place begins with `header` or `query`.
  public init(header: (String) -> String?, query: QueryItems) throws(ErrorDetailFailure) {
    self.init()
    try readHeaders(header)
    webhook = query["fal_webhook"].flatMap { $0.isEmpty ? nil : $0 }
    if let text = query["fal_max_queue_length"] {
      guard let length = Int(text), length >= 0 else {
        throw ErrorDetailFailure("query", "fal_max_queue_length", "a whole number from 0", text)
      }
      maximumQueueLength = length
    }
  }

  private mutating func readHeaders(_ header: (String) -> String?) throws(ErrorDetailFailure) {
    if let text = header(FalHeader.queuePriority) {
      guard let value = Priority(rawValue: text.lowercased()) else {
        throw ErrorDetailFailure("header", FalHeader.queuePriority, "`normal` or `low`", text)
      }
      priority = value
    }
    if let text = header(FalHeader.requestTimeout) {
      guard let value = HeaderValue.timeout(HeaderValue.trimmed(text)) else {
        throw ErrorDetailFailure("header", FalHeader.requestTimeout, "seconds from 0.1", text)
      }
      startTimeout = value
    }
    if let text = header(FalHeader.lifecyclePreference) {
      guard let value = ObjectLifecycle(text) else {
        throw ErrorDetailFailure(
          "header", FalHeader.lifecyclePreference,
          "a JSON object with a positive `expiration_duration_seconds`", text)
      }
      lifecycle = value
    }
    if let text = header(FalHeader.idempotencyKey) {
      guard (1...255).contains(text.utf8.count) else {
        throw ErrorDetailFailure("header", FalHeader.idempotencyKey, "1 to 255 characters", text)
      }
      idempotencyKey = text
    }
    runnerHint = header(FalHeader.runnerHint)
    allowsRetries = header(FalHeader.noRetry).flatMap(HeaderValue.flag) != true
    storesPayloads = header(FalHeader.storeIO).flatMap(HeaderValue.flag) != false
    allowsFallback = header(FalHeader.disableFallback).flatMap(HeaderValue.flag) != true
    tags = header(FalHeader.tags).map { HeaderValue.tags($0) } ?? []
  }
}

/// One mistake in a header or a query, as an error.
public struct ErrorDetailFailure: Error, Hashable, Sendable {
  /// The mistake.
  public var detail: ErrorDetail

  init(_ part: String, _ name: String, _ expected: String, _ text: String) {
    detail = ErrorDetail(
      "value_error", "Input should be \(expected)", at: [.key(part), .key(name)],
      input: .string(String(text.prefix(200))))
  }
}
