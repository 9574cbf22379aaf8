/// What a path on the queue's or the run's host asks for.
///
/// Submitting and running have the same path and method; only the host tells them apart.
public enum QueueRoute: Hashable, Sendable {
  /// `POST /{id}`: submit on the queue's host, run on the other.
  case submit(EndpointID)
  /// `POST /{id}/stream`: run with an event stream.
  case stream(EndpointID)
  /// `GET /{id}/requests/{request}/status`.
  case status(RequestName)
  /// `GET /{id}/requests/{request}/status/stream`.
  case statusStream(RequestName)
  /// `GET /{id}/requests/{request}`, with or without `/response`.
  case result(RequestName)
  /// `PUT /{id}/requests/{request}/cancel`.
  case cancel(RequestName)

  /// A request as a path names it.
  public struct RequestName: Hashable, Sendable {
    /// The endpoint in the path; official clients give the application alone.
    public var endpoint: EndpointID
    /// The request's id.
    public var requestID: String

    /// The request `requestID` of `endpoint`.
    public init(endpoint: EndpointID, requestID: String) {
      self.endpoint = endpoint
      self.requestID = requestID
    }
  }

  /// Reads a path without its query; `nil` for anything that is no route.
  ///
  /// One slash at the end is allowed. Parts may be percent-encoded, but what they decode to must
  /// itself be a plain name, so `..`, `%2f` and empty parts lead nowhere.
  public init?(path: some StringProtocol) {
    guard let parts = PathParts.decoded(path) else { return nil }
    if let marker = parts.firstIndex(of: "requests") {
      self.init(endpoint: Array(parts[..<marker]), rest: Array(parts[(marker + 1)...]))
    } else if parts.last == "stream", let endpoint = EndpointID(parts: parts.dropLast()) {
      self = .stream(endpoint)
    } else if let endpoint = EndpointID(parts: parts) {
      self = .submit(endpoint)
    } else {
      return nil
    }
  }

  private init?(endpoint parts: [String], rest: [String]) {
    guard let endpoint = EndpointID(parts: parts), let requestID = rest.first,
      Self.isRequestID(requestID)
    else { return nil }
    let name = RequestName(endpoint: endpoint, requestID: requestID)
    switch Array(rest.dropFirst()) {
    case [], ["response"]: self = .result(name)
    case ["status"]: self = .status(name)
    case ["status", "stream"]: self = .statusStream(name)
    case ["cancel"]: self = .cancel(name)
    default: return nil
    }
  }

  /// Whether `text` may be a request's id: 1 to 64 letters, digits, `-` and `_`.
  public static func isRequestID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { PathParts.isUnreserved($0) && $0 != 0x2E && $0 != 0x7E }
  }

  /// The endpoint that the path names.
  public var endpoint: EndpointID {
    switch self {
    case .submit(let endpoint), .stream(let endpoint): endpoint
    case .status(let name), .statusStream(let name), .result(let name), .cancel(let name):
      name.endpoint
    }
  }

  /// The request that the path names, if any.
  public var requestID: String? {
    switch self {
    case .submit, .stream: nil
    case .status(let name), .statusStream(let name), .result(let name), .cancel(let name):
      name.requestID
    }
  }

  /// The one method of the route.
  public var method: String {
    switch self {
    case .submit, .stream: "POST"
    case .status, .statusStream, .result: "GET"
    case .cancel: "PUT"
    }
  }

  /// The path, with a slash in front and none at the end.
  public var path: String {
    switch self {
    case .submit(let endpoint): "/\(endpoint)"
    case .stream(let endpoint): "/\(endpoint)/stream"
    case .status(let name): "/\(name.endpoint)/requests/\(name.requestID)/status"
    case .statusStream(let name): "/\(name.endpoint)/requests/\(name.requestID)/status/stream"
    case .result(let name): "/\(name.endpoint)/requests/\(name.requestID)"
    case .cancel(let name): "/\(name.endpoint)/requests/\(name.requestID)/cancel"
    }
  }
}
