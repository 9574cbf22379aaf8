internal import FalProtocol
internal import KeyreelCore

/// fal's failures in words that say what to do.
enum FalFailure {
  /// The error of `failure`, which concerns `subject`: a model, a segment, a request.
  static func error(_ failure: ServiceFailure, about subject: String) -> OperationError {
    let words = said(failure)
    let message = "\(subject): \(words)"
    switch failure.kind {
    case .badKey:
      return OperationError(
        .badKey, message, remedy: "check FAL_KEY (or FAL_KEY_ID and FAL_KEY_SECRET)")
    case .lockedAccount:
      return OperationError(.accountLocked, message, remedy: "top up the account, then run again")
    case .forbidden:
      return OperationError(.permissionDenied, message, remedy: "use a key with the rights for it")
    case .notFound:
      return OperationError(.notFound, message, remedy: "check the model's name")
    case .invalidInput, .other:
      return OperationError(.generationRefused, message, remedy: "mend the input and run again")
    case .refusedContent:
      return OperationError(
        .generationRefused, message, remedy: "change the prompt or the pictures of this segment")
    case .unusablePicture:
      return OperationError(
        .generationRefused, message, remedy: "look at the keyframe of the field that is named")
    case .tooMany:
      return OperationError(
        .network, message, remedy: "it is tried again, more slowly", isRetryable: true)
    case .cancelled:
      return OperationError(.generationRefused, message, remedy: "run again to ask for it anew")
    case .startDeadline:
      return OperationError(
        .generationRefused, message, remedy: "raise the start timeout, or run again later")
    case .generationTimeout, .serverFault, .tooEarly:
      return OperationError(.network, message, remedy: "run again later", isRetryable: true)
    }
  }

  /// The server's own words, with the status and the request's id.
  private static func said(_ failure: ServiceFailure) -> String {
    let id = failure.requestID.map { ", request \($0)" } ?? ""
    let text = failure.body.message.split(whereSeparator: \.isNewline).joined(separator: " ")
    let words = text.isEmpty ? "no explanation" : String(text.prefix(500))
    return "\(words) (\(failure.statusCode)\(failure.errorType.map { " \($0)" } ?? "")\(id))"
  }
}

extension OperationError.Code {
  /// The API key is missing or wrong.
  static let badKey = OperationError.Code("bad-key")
  /// The account is locked, usually for want of money.
  static let accountLocked = OperationError.Code("account-locked")
  /// The model or its provider refused this input, definitely.
  static let generationRefused = OperationError.Code("generation-refused")
}
