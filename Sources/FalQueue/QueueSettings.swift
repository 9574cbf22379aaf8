internal import KeyreelCore

/// What the queue is told at opening.
public struct QueueSettings: Sendable {
  /// The clock.
  public var now: @Sendable () -> Timestamp
  /// Most attempts at one job; fal's own queue has ten.
  public var maximumAttempts = 10
  /// How a cancelled job ends.
  public var cancelled = JobEnding(
    statusCode: 499,
    output: #"{"detail":"The request was cancelled","error_type":"client_cancelled"}"#,
    error: "The request was cancelled", errorType: "client_cancelled")
  /// How a job ends whose start deadline passed.
  public var expired = JobEnding(
    statusCode: 504,
    output: #"{"detail":"The request did not start in time","error_type":"request_timeout"}"#,
    error: "The request did not start in time", errorType: "request_timeout")
  /// How a job ends whose last attempt was lost with its process.
  public var lost = JobEnding(
    statusCode: 503,
    output: #"{"detail":"The runner was lost","error_type":"runner_disconnected"}"#,
    error: "The runner was lost", errorType: "runner_disconnected")
  /// How long inputs and outputs are kept after the end.
  public var payloadLife = Duration.seconds(30 * 86_400)
  /// How long the output is kept when payloads are not to be stored.
  public var unstoredOutputLife = Duration.seconds(3600)
  /// How long jobs, logs and billing events are kept after the end.
  public var recordLife = Duration.seconds(400 * 86_400)
  /// How long an idempotency key is remembered after the job was accepted.
  public var idempotencyLife = Duration.seconds(86_400)
  /// How long an upload may stay unfinished.
  public var uploadLife = Duration.seconds(86_400)
  /// How long a webhook delivery that was taken belongs to its taker.
  public var deliveryLease = Duration.seconds(60)
  /// Delays before the second, third, … try of a webhook: ten retries in about two hours.
  public var deliveryDelays: [Duration] = (0..<10).map { .seconds(7 << $0) }

  /// The settings of a real server, with `now` as the clock.
  public init(now: @escaping @Sendable () -> Timestamp = QueueSettings.systemClock) {
    self.now = now
  }
}
