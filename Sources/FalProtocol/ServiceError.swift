/// The words of errors that come from the queue, the gateway or a runner, with their HTTP status.
///
/// The set is fal's list of request errors; servers may use others, clients must live with any.
public enum ServiceError: String, Error, Hashable, Sendable, Codable, CaseIterable {
  /// The request makes no sense here.
  case badRequest = "bad_request"
  /// The caller went away.
  case clientDisconnected = "client_disconnected"
  /// The caller cancelled.
  case clientCancelled = "client_cancelled"
  /// Too many requests at once; only of synchronous runs.
  case concurrentRequestsLimit = "concurrent_requests_limit"
  /// The deadline to start has passed, or the app's own.
  case requestTimeout = "request_timeout"
  /// No runner came up in time.
  case startupTimeout = "startup_timeout"
  /// No runner is free and none may be started.
  case runnerSchedulingFailure = "runner_scheduling_failure"
  /// A runner cannot be reached in time.
  case runnerConnectionTimeout = "runner_connection_timeout"
  /// A runner refuses connections.
  case runnerConnectionRefused = "runner_connection_refused"
  /// A runner cannot be reached.
  case runnerConnectionError = "runner_connection_error"
  /// A runner went away during the work.
  case runnerDisconnected = "runner_disconnected"
  /// A runner's answer was cut short.
  case runnerIncompleteResponse = "runner_incomplete_response"
  /// A runner failed.
  case runnerServerError = "runner_server_error"
  /// The gateway failed.
  case internalError = "internal_error"

  /// The HTTP status that goes with the word.
  public var statusCode: Int {
    switch self {
    case .badRequest: 400
    case .concurrentRequestsLimit: 429
    case .clientDisconnected, .clientCancelled: 499
    case .runnerServerError, .internalError: 500
    case .runnerIncompleteResponse: 502
    case .runnerSchedulingFailure, .runnerConnectionTimeout, .runnerConnectionRefused,
      .runnerConnectionError, .runnerDisconnected:
      503
    case .requestTimeout, .startupTimeout: 504
    }
  }

  /// Whether fal's servers try again by themselves: after 503 and 504 only.
  public var isRetriedByServer: Bool { statusCode == 503 || statusCode == 504 }

  /// The body with these words for people; `X-Fal-Error-Type` repeats the word.
  public func body(_ message: String) -> ErrorBody { .text(message, type: rawValue) }
}
