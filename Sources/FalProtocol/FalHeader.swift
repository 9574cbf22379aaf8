/// Names of fal's headers in lower case; HTTP compares them without regard to case.
public enum FalHeader {
  /// The key or an upload token.
  public static let authorization = "authorization"
  /// Deadline to start, in seconds.
  public static let requestTimeout = "x-fal-request-timeout"
  /// `normal` or `low`.
  public static let queuePriority = "x-fal-queue-priority"
  /// A runner that a request would like to have again.
  public static let runnerHint = "x-fal-runner-hint"
  /// Switches the server's own retries off.
  public static let noRetry = "x-fal-no-retry"
  /// `0`: input and output are not kept.
  public static let storeIO = "x-fal-store-io"
  /// Life and access of the files that a request makes.
  public static let lifecyclePreference = "x-fal-object-lifecycle-preference"
  /// Life and access of an uploaded file.
  public static let lifecycle = "x-fal-object-lifecycle"
  /// No other runner or provider may stand in.
  public static let disableFallback = "x-app-fal-disable-fallback"
  /// Tags for reports: `k=v,k2=v2`.
  public static let tags = "x-fal-tags"
  /// The name of an uploaded file.
  public static let fileName = "x-fal-file-name"
  /// What a client that talks to a proxy really asks for.
  public static let targetURL = "x-fal-target-url"
  /// Names a submission, so that its repetition gets the first one's answer.
  public static let idempotencyKey = "idempotency-key"

  /// The request's id, in every answer about it.
  public static let requestID = "x-fal-request-id"
  /// Units billed, in results.
  public static let billableUnits = "x-fal-billable-units"
  /// The error's word.
  public static let errorType = "x-fal-error-type"
  /// `user` when the caller's own deadline passed.
  public static let timeoutType = "x-fal-request-timeout-type"
  /// Whether the same again may succeed.
  public static let needsRetry = "x-fal-needs-retry"
  /// The older name of ``needsRetry``.
  public static let retryable = "x-fal-retryable"
  /// Where an answer came from.
  public static let servedFrom = "x-fal-served-from"
  /// Seconds to wait.
  public static let retryAfter = "retry-after"

  /// The request that a webhook tells of.
  public static let webhookRequestID = "x-fal-webhook-request-id"
  /// Whose request it was.
  public static let webhookUserID = "x-fal-webhook-user-id"
  /// When it was signed, in seconds since 1970.
  public static let webhookTimestamp = "x-fal-webhook-timestamp"
  /// The Ed25519 signature in hexadecimal digits.
  public static let webhookSignature = "x-fal-webhook-signature"

  /// Headers of requests that browsers on other origins may send.
  public static let fromBrowsers = [
    authorization, "content-type", "accept", requestTimeout, queuePriority, runnerHint, noRetry,
    storeIO, lifecyclePreference, lifecycle, disableFallback, tags, fileName, targetURL,
    idempotencyKey,
  ]

  /// Headers of answers that browsers on other origins may read.
  public static let toBrowsers = [
    requestID, billableUnits, errorType, timeoutType, needsRetry, retryable, servedFrom, retryAfter,
  ]
}
