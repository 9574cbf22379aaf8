public import KeyreelCore

/// The answer to a cancel.
public enum CancelAnswer: String, Hashable, Sendable, CaseIterable {
  /// A waiting request will never run; a running one was told, and may end all the same.
  case requested = "CANCELLATION_REQUESTED"
  /// Too late.
  case alreadyCompleted = "ALREADY_COMPLETED"
  /// Nobody knows the request.
  case notFound = "NOT_FOUND"

  /// 202, 400 or 404.
  public var statusCode: Int {
    switch self {
    case .requested: 202
    case .alreadyCompleted: 400
    case .notFound: 404
    }
  }

  /// Writes `{"status":"…"}`.
  public func write(to text: inout JSONText) {
    text.object {
      $0.key("status")
      $0.value(rawValue)
    }
  }

  /// The answer as JSON.
  public var bytes: [UInt8] { JSONValue.object(JSONObject([("status", .string(rawValue))])).bytes }

  /// Reads the answer from its HTTP status alone, because its body differs between fal's versions.
  ///
  /// Any 2xx is a request to cancel, 400 comes too late, 404 knows nothing; `nil` for all others.
  /// Whatever the answer, only the request's later status tells how it ended.
  public init?(statusCode: Int) {
    switch statusCode {
    case 200..<300: self = .requested
    case 400: self = .alreadyCompleted
    case 404: self = .notFound
    default: return nil
    }
  }
}
