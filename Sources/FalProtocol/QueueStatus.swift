public import KeyreelCore

/// The status of a request, in the one form that satisfies all three official clients.
public struct QueueStatus: Hashable, Sendable {
  /// How far the request has come.
  public var state: RequestState
  /// Its id.
  public var requestID: String
  /// Its addresses; `nil` when an answer left one out.
  public var links: RequestLinks?
  /// Requests before it, 0-based; told while it waits.
  public var queuePosition: Int?
  /// All lines so far, where they were asked for.
  public var logs: [LogLine]?
  /// How long the model worked; told when the request is completed.
  public var inferenceTime: Duration?
  /// Why it failed; only of completed requests.
  public var failure: Failure?

  /// Why a completed request has no output.
  public struct Failure: Hashable, Sendable {
    /// The server's words: `Invalid status code: 422`.
    public var message: String
    /// A word such as `client_cancelled` or `request_timeout`.
    public var type: String?

    /// A failure told in `message`.
    public init(_ message: String, type: String? = nil) {
      self.message = message
      self.type = type
    }
  }

  /// The status of the request `requestID`.
  public init(
    _ state: RequestState, requestID: String, links: RequestLinks?, queuePosition: Int? = nil,
    logs: [LogLine]? = nil, inferenceTime: Duration? = nil, failure: Failure? = nil
  ) {
    self.state = state
    self.requestID = requestID
    self.links = links
    self.queuePosition = queuePosition
    self.logs = logs
    self.inferenceTime = inferenceTime
    self.failure = failure
  }

  /// Writes the status; what is not known is `null`, but `error` and `error_type` are left out.
  public func write(to text: inout JSONText) {
    text.object { text in
      text.key("status")
      text.value(state.rawValue)
      text.key("request_id")
      text.value(requestID)
      links?.write(to: &text)
      text.key("queue_position")
      // One client refuses IN_QUEUE without a position.
      let position = state == .inQueue ? queuePosition ?? 0 : queuePosition
      if let position { text.value(position) } else { text.null() }
      text.key("logs")
      if let logs {
        text.array { text in for line in logs { line.write(to: &text) } }
      } else {
        text.null()
      }
      text.key("metrics")
      text.object { text in
        guard let inferenceTime else { return }
        text.key("inference_time")
        text.value(literal: WireTime.seconds(inferenceTime))
      }
      if state == .completed, let failure {
        text.key("error")
        text.value(failure.message)
        text.key("error_type")
        if let type = failure.type { text.value(type) } else { text.null() }
      }
    }
  }

  /// The status as JSON.
  public var bytes: [UInt8] {
    var text = JSONText()
    write(to: &text)
    return text.bytes
  }

  /// Reads a status; only `status` is needed, and a state that nobody knows is an error.
  public init(decoding value: JSONValue, requestID: String? = nil) throws(WireError) {
    guard let word = value["status"]?.stringValue else {
      throw WireError("the status of a request came without `status`")
    }
    guard let state = RequestState(rawValue: word) else {
      throw WireError("a request has the unknown status `\(word.prefix(64))`")
    }
    guard let id = value["request_id"]?.stringValue ?? requestID else {
      throw WireError("the status of a request came without `request_id`")
    }
    let message = value["error"]?.stringValue
    let type = value["error_type"]?.stringValue
    self.init(
      state, requestID: id, links: RequestLinks(value),
      queuePosition: value["queue_position"]?.intValue,
      logs: value["logs"]?.arrayValue.map { $0.map(LogLine.init(decoding:)) },
      inferenceTime: value["metrics"]?["inference_time"]?.doubleValue.flatMap(WireTime.duration),
      failure: message == nil && type == nil ? nil : Failure(message ?? type ?? "", type: type))
  }
}
