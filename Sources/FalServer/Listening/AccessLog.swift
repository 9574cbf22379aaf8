internal import FalProtocol
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// One line for each request: what kind it was and how it went, never its key, its query or its body.
///
/// Paths are told by their kind: those of files are secrets, because they open without a key.
struct AccessLog: Sendable {
  let meters: Meters
  let logger: Logger

  /// Counts and tells the answer to `request`, which `resolved` says the meaning of.
  func tell(
    _ request: Request, _ resolved: ServiceResolver.Resolved?, _ response: Response,
    after time: Duration
  ) {
    let (service, route) = Self.kind(resolved, request.method)
    let status = response.status.code
    meters.end(service, status: status, after: time)
    let level: Logger.Level =
      status >= 500 ? .warning : Self.asksOnly(request.method) ? .debug : .info
    guard level >= logger.logLevel else { return }
    var notes: Logger.Metadata = [
      "method": "\(Self.known(request.method))", "service": "\(service)", "route": "\(route)",
      "status": "\(status)", "ms": "\(Int(time / .milliseconds(1)))",
    ]
    if let id = response.headers[.falRequestID] { notes["request"] = "\(id)" }
    logger.log(level: level, "answered", metadata: notes)
  }

  private static func kind(
    _ resolved: ServiceResolver.Resolved?, _ method: HTTPRequest.Method
  ) -> (service: String, route: String) {
    switch resolved {
    case nil: (method == .options ? "preflight" : "none", "none")
    case .page(let call): ("page", call.path)
    case .service(let call):
      switch call.service {
      case .queue, .run:
        (call.service.rawValue, QueueRoute(path: call.path).map(word) ?? "unknown")
      default: (call.service.rawValue, call.service.rawValue)
      }
    }
  }

  private static func word(_ route: QueueRoute) -> String {
    switch route {
    case .submit: "submit"
    case .stream: "stream"
    case .status: "status"
    case .statusStream: "status-stream"
    case .result: "result"
    case .cancel: "cancel"
    }
  }

  private static func asksOnly(_ method: HTTPRequest.Method) -> Bool {
    method == .get || method == .head || method == .options
  }

  /// The method, unless the client made it up.
  private static func known(_ method: HTTPRequest.Method) -> String {
    [.get, .head, .post, .put, .delete, .options, .patch].contains(method)
      ? method.rawValue : "other"
  }
}
