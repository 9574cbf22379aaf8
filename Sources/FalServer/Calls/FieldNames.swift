internal import FalProtocol
internal import HTTPTypes

extension HTTPField.Name {
  static let falRequestID = fal(FalHeader.requestID)
  static let falBillableUnits = fal(FalHeader.billableUnits)
  static let falErrorType = fal(FalHeader.errorType)
  static let falTimeoutType = fal(FalHeader.timeoutType)
  static let falNeedsRetry = fal(FalHeader.needsRetry)
  static let falTargetURL = fal(FalHeader.targetURL)
  static let retryAfter = fal(FalHeader.retryAfter)
  static let crossOriginResourcePolicy = fal("cross-origin-resource-policy")

  /// The constants of the protocol are sound names.
  private static func fal(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else {
      preconditionFailure("\(name) is no name of a header")
    }
    return name
  }
}
