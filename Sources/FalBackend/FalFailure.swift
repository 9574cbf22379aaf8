internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// fal's failures in words that say what to do.
enum FalFailure {
  /// Any failure of a read or an upload as an error about `subject`.
  static func told(_ failure: any Error, about subject: String) -> OperationError {
    switch failure {
    case let error as OperationError: error
    case let failure as GaveUp: told(failure, about: subject)
    case let failure as SubmissionFailure: failure.error
    case let failure as HTTPFailure: failure.error
    case let failure as ServiceFailure: read(failure, about: subject)
    default:
      OperationError(
        .network, "\(subject): \(failure)", remedy: "run again later", isRetryable: true)
    }
  }

  /// The reason with how often it was met; whoever reads it decides whether to go on.
  private static func told(_ failure: GaveUp, about subject: String) -> OperationError {
    let error = told(failure.last, about: subject)
    let reason =
      error.message.hasPrefix(subject) ? error.message : "\(subject): \(error.message)"
    return OperationError(
      error.code, "\(reason); tried \(failure.tries) times",
      remedy: error.remedy ?? "run again later; what is bought is kept", underlying: error)
  }

  /// What a failed read says of the key and the account counts; of inputs it can say nothing.
  private static func read(_ failure: ServiceFailure, about subject: String) -> OperationError {
    switch failure.kind {
    case .badKey, .lockedAccount, .forbidden, .tooMany: error(failure, about: subject)
    default:
      OperationError(
        .network, "\(subject): \(words(failure))", remedy: "run again later",
        isRetryable: failure.advice == .repeatReadsOnly)
    }
  }

  /// The error of a submission's `failure`, which concerns `subject`.
  static func error(_ failure: ServiceFailure, about subject: String) -> OperationError {
    let (code, remedy, isRetryable) = meaning(failure.kind)
    return OperationError(
      code, "\(subject): \(words(failure))", remedy: remedy, isRetryable: isRetryable)
  }

  private static func meaning(
    _ kind: ServiceFailure.Kind
  ) -> (OperationError.Code, remedy: String, isRetryable: Bool) {
    switch kind {
    case .badKey: (.badKey, "check FAL_KEY (or FAL_KEY_ID and FAL_KEY_SECRET)", false)
    case .lockedAccount: (.accountLocked, "top up the account, then run again", false)
    case .forbidden: (.permissionDenied, "use a key with the rights for it", false)
    case .notFound: (.notFound, "check the model's name", false)
    case .invalidInput, .other: (.generationRefused, "mend the input and run again", false)
    case .refusedContent:
      (.generationRefused, "change the prompt or the pictures of this segment", false)
    case .unusablePicture:
      (.generationRefused, "look at the keyframe of the field that is named", false)
    case .tooMany: (.tooManyRequests, "run again later, or with a lower concurrency", true)
    case .cancelled: (.generationRefused, "run again to ask for it anew", false)
    case .startDeadline: (.generationRefused, "raise the start timeout, or run again later", false)
    case .generationTimeout, .serverFault, .tooEarly: (.network, "run again later", true)
    }
  }

  /// The server's own words on one line, with their places, types, the status and the request's id.
  static func words(_ failure: ServiceFailure) -> String {
    var words = said(failure.body)
    words = words.split(whereSeparator: \.isNewline).joined(separator: " ")
    words = words.isEmpty ? "no explanation" : String(words.prefix(600))
    var notes = ["\(failure.statusCode)"]
    if case .details = failure.body {} else { notes += [failure.errorType].compactMap(\.self) }
    notes += (failure.requestID ?? platformID(failure.body)).map { ["request \($0)"] } ?? []
    return "\(words) (\(notes.joined(separator: ", ")))"
  }

  private static func said(_ body: ErrorBody) -> String {
    guard case .details(let details) = body else { return body.message }
    return details.map { detail in
      let place = detail.path.isEmpty ? "" : "\(detail.path): "
      return "\(place)\(detail.message)\(detail.type.isEmpty ? "" : " [\(detail.type)]")"
    }
    .joined(separator: "; ")
  }

  private static func platformID(_ body: ErrorBody) -> String? {
    if case .platform(let error) = body { error.requestID } else { nil }
  }
}
