internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// Repeats reads that failed for a reason that passes: lost connections, gateways, 429.
struct PatientReads: Sendable {
  /// How long reads may fail one after the other before it is told.
  var patience = Duration.seconds(600)
  /// The pauses between them; the last one goes on.
  var pauses: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2), .seconds(5), .seconds(15), .seconds(30)]

  /// Runs `read` until it succeeds, fails for good, or patience is at its end.
  func callAsFunction<Value: Sendable>(
    _ read: @Sendable () async throws -> Value
  ) async throws -> Value {
    let clock = ContinuousClock()
    let begin = clock.now
    var tries = 0
    while true {
      do { return try await read() } catch {
        guard let wait = Self.wait(after: error), begin.duration(to: clock.now) < patience else {
          throw error
        }
        let pause = pauses[min(tries, pauses.count - 1)]
        tries += 1
        try await Task.sleep(for: max(wait, pause))
      }
    }
  }

  /// The least pause after a failure that passes; `nil` for all others.
  private static func wait(after error: any Error) -> Duration? {
    switch error {
    case let failure as HTTPFailure: failure.error.isRetryable ? .zero : nil
    case let failure as ServiceFailure:
      switch failure.advice {
      case .slowDown, .repeatReadsOnly: failure.retryAfter ?? .zero
      case .giveUp, .holdAll: nil
      }
    case let error as OperationError: error.isRetryable ? .zero : nil
    default: nil
    }
  }
}
