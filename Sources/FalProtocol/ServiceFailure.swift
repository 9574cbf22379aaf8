/// An answer that is no success, as a client sees it: code, headers and body together.
public struct ServiceFailure: Error, Hashable, Sendable {
  /// The HTTP status.
  public var statusCode: Int
  /// What the server said.
  public var body: ErrorBody
  /// The error's word, from the body or `X-Fal-Error-Type`.
  public var errorType: String?
  /// `x-fal-request-id`.
  public var requestID: String?
  /// `X-Fal-Request-Timeout-Type`; `user` when the caller's own deadline passed.
  public var timeoutType: String?
  /// `X-Fal-Needs-Retry` or the older `X-Fal-Retryable`.
  public var needsRetry: Bool?
  /// `Retry-After` in seconds.
  public var retryAfter: Duration?

  /// A failure with `statusCode`, told in `body`; `header` gives the values of answer headers by
  /// lower-case name.
  public init(statusCode: Int, body: ErrorBody, header: (String) -> String? = { _ in nil }) {
    self.statusCode = statusCode
    self.body = body
    errorType = body.type ?? header(FalHeader.errorType)
    requestID = header(FalHeader.requestID)
    timeoutType = header(FalHeader.timeoutType)
    needsRetry =
      (header(FalHeader.needsRetry) ?? header(FalHeader.retryable)).flatMap(HeaderValue.flag)
    retryAfter = header(FalHeader.retryAfter).flatMap(Double.init).flatMap(WireTime.duration)
  }

  /// What a failure means for the one who asked.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The key is missing or wrong.
    case badKey
    /// The account is locked, usually for want of money: everything waits for a person.
    case lockedAccount
    /// The key may not do this.
    case forbidden
    /// The endpoint or the request is not known, or no longer.
    case notFound
    /// The input breaks the model's rules.
    case invalidInput
    /// The model's provider refuses the content.
    case refusedContent
    /// A picture cannot be fetched, read or used.
    case unusablePicture
    /// The output was asked for before it was there.
    case tooEarly
    /// Too many requests, or too long a queue.
    case tooMany
    /// The request was cancelled, or its caller went away.
    case cancelled
    /// The caller's own deadline to start has passed.
    case startDeadline
    /// The model took too long.
    case generationTimeout
    /// The server, a runner or a gateway failed.
    case serverFault
    /// Anything else that will not pass by itself.
    case other
  }

  /// What the failure means.
  public var kind: Kind { FailureRules.kind(of: self) }

  /// What to do about a failure.
  public enum Advice: String, Hashable, Sendable, CaseIterable {
    /// It is definite: the same again fails again.
    case giveUp
    /// Nothing was accepted; the same again, slowly, is right and safe.
    case slowDown
    /// A read may be repeated; a submission must not, because nobody knows whether it was accepted.
    case repeatReadsOnly
    /// Hold everything until a person has acted.
    case holdAll
  }

  /// What to do about it.
  public var advice: Advice {
    switch kind {
    case .badKey, .lockedAccount: .holdAll
    case .tooMany: .slowDown
    case .tooEarly, .serverFault: .repeatReadsOnly
    case .generationTimeout: needsRetry == false ? .giveUp : .repeatReadsOnly
    default: .giveUp
    }
  }

  /// Whether a submission that got this answer was surely not accepted.
  ///
  /// A request that ended while it was read, or whose caller went away, may have been.
  public var provesRefusal: Bool {
    (400..<500).contains(statusCode) && statusCode != 408 && statusCode != 499
  }
}
