import KeyreelCore

/// The absolute addresses that the answers about a request name.
public struct RequestLinks: Hashable, Sendable {
  /// Where the output is.
  public var response: String
  /// Where the status is.
  public var status: String
  /// Where to cancel.
  public var cancel: String

  /// These three addresses.
  public init(response: String, status: String, cancel: String) {
    self.response = response
    self.status = status
    self.cancel = cancel
  }

  /// The addresses of a request below `base` (`https://queue.fal.run`, no slash at the end).
  ///
  /// They name the application alone, as fal's do and as official clients build them.
  public init(base: String, endpoint: EndpointID, requestID: String) {
    let name = QueueRoute.RequestName(endpoint: endpoint.app, requestID: requestID)
    self.init(
      response: base + QueueRoute.result(name).path, status: base + QueueRoute.status(name).path,
      cancel: base + QueueRoute.cancel(name).path)
  }

  /// The addresses that `object` names; `nil` unless it names all three.
  init?(_ object: JSONValue) {
    guard let response = object["response_url"]?.stringValue,
      let status = object["status_url"]?.stringValue,
      let cancel = object["cancel_url"]?.stringValue
    else { return nil }
    self.init(response: response, status: status, cancel: cancel)
  }

  func write(to text: inout JSONText) {
    text.key("response_url")
    text.value(response)
    text.key("status_url")
    text.value(status)
    text.key("cancel_url")
    text.value(cancel)
  }
}
