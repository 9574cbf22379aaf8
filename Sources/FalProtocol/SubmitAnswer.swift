public import KeyreelCore

/// The answer to a submission: the request is accepted and will be paid for.
public struct SubmitAnswer: Hashable, Sendable {
  /// The new request's id.
  public var requestID: String
  /// Its addresses; `nil` when the answer left one out.
  public var links: RequestLinks?
  /// Its state; a free runner may have begun already.
  public var state: RequestState
  /// Requests before it, 0-based.
  public var queuePosition: Int?

  /// The accepted request `requestID`.
  public init(
    requestID: String, links: RequestLinks?, state: RequestState = .inQueue,
    queuePosition: Int? = nil
  ) {
    self.requestID = requestID
    self.links = links
    self.state = state
    self.queuePosition = queuePosition
  }

  /// Writes the answer, in the form of a ``QueueStatus``.
  public func write(to text: inout JSONText) {
    QueueStatus(state, requestID: requestID, links: links, queuePosition: queuePosition)
      .write(to: &text)
  }

  /// The answer as JSON.
  public var bytes: [UInt8] {
    var text = JSONText()
    write(to: &text)
    return text.bytes
  }

  /// Reads an answer; only `request_id` is needed, because losing it would lose a paid request.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let id = value["request_id"]?.stringValue, QueueRoute.isRequestID(id) else {
      throw WireError("the answer to a submission has no usable `request_id`")
    }
    self.init(
      requestID: id, links: RequestLinks(value),
      state: value["status"]?.stringValue.flatMap(RequestState.init(rawValue:)) ?? .inQueue,
      queuePosition: value["queue_position"]?.intValue)
  }
}
