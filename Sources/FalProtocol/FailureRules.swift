/// Sorts failures by code and word (fal's error pages; live answers where those are silent).
enum FailureRules {
  static func kind(of failure: ServiceFailure) -> ServiceFailure.Kind {
    // The deadline is the caller's own only when the header says so.
    if failure.timeoutType?.lowercased() == "user" { return .startDeadline }
    if let kind = failure.errorType.flatMap({ byType[$0] }) { return kind }
    switch failure.statusCode {
    case 401: return .badKey
    case 403: return isLocked(failure.body.message) ? .lockedAccount : .forbidden
    case 404, 410: return .notFound
    case 400: return isTooEarly(failure.body.message) ? .tooEarly : .invalidInput
    case 413, 422: return .invalidInput
    case 429: return .tooMany
    case 499: return .cancelled
    case 408, 500...599: return .serverFault
    default: return .other
    }
  }

  /// Words that mean the same under every code.
  private static let byType: [String: ServiceFailure.Kind] = [
    "content_policy_violation": .refusedContent,
    "no_media_generated": .refusedContent,
    "image_too_small": .unusablePicture,
    "image_too_large": .unusablePicture,
    "image_load_error": .unusablePicture,
    "file_download_error": .unusablePicture,
    "file_too_large": .unusablePicture,
    "face_detection_error": .unusablePicture,
    "unsupported_image_format": .unusablePicture,
    "client_cancelled": .cancelled,
    "client_disconnected": .cancelled,
    "concurrent_requests_limit": .tooMany,
    "generation_timeout": .generationTimeout,
    "request_timeout": .serverFault,
    "startup_timeout": .serverFault,
    "downstream_service_error": .serverFault,
    "downstream_service_unavailable": .serverFault,
    "internal_server_error": .serverFault,
    "internal_error": .serverFault,
    "runner_server_error": .serverFault,
    "runner_incomplete_response": .serverFault,
    "runner_scheduling_failure": .serverFault,
    "runner_connection_timeout": .serverFault,
    "runner_disconnected": .serverFault,
    "runner_connection_refused": .serverFault,
    "runner_connection_error": .serverFault,
  ]

  /// A locked account and a key without rights have the same code and no word to tell them apart.
  private static func isLocked(_ message: String) -> Bool {
    let text = message.lowercased()
    return ["locked", "balance", "top_up", "top up"].contains { text.contains($0) }
  }

  /// The answer to an early question has a code that other mistakes have too.
  private static func isTooEarly(_ message: String) -> Bool {
    message.lowercased().contains("in progress")
  }
}
