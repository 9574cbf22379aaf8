internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// The queue and the platform's records know nothing of a request; right after a submission that passes.
struct Vanished: Error {}

/// Something was tried as often as it may be; the last failure says why it did not succeed.
struct GaveUp: Error {
  let last: any Error
  let tries: Int
}

/// Repeats reads that failed for a reason that passes: lost connections, gateways, 429.
struct PatientReads: Sendable {
  /// How long reads may fail one after the other before it is told.
  let patience: Duration
  /// The pauses between them; the last one goes on.
  let pauses: [Duration]

  /// How often something is tried at all; `nil` leaves it to ``patience``.
  private let mostTries: Int?

  /// Answers that nobody understands are asked for so often.
  private static let fewTries = 4

  init(_ pace: FalPace, mostTries: Int? = nil) {
    self.mostTries = mostTries
    patience = pace.readPatience
    pauses = pace.readPauses
  }

  private enum Hope {
    /// It passes; not before so long.
    case passes(after: Duration)
    /// It may have been an accident.
    case mayPass
    case none
  }

  /// Runs `read` until it succeeds, fails for good, or patience is at its end.
  func callAsFunction<Value: Sendable>(
    _ read: @Sendable () async throws -> Value
  ) async throws -> Value {
    let clock = ContinuousClock()
    let begin = clock.now
    var (tries, oddTries) = (0, 0)
    while true {
      do { return try await read() } catch {
        let pause = pauses.isEmpty ? .zero : pauses[min(tries, pauses.count - 1)]
        tries += 1
        let wait: Duration
        switch Self.hope(after: error) {
        case .passes(let after): wait = max(after, pause)
        case .mayPass:
          oddTries += 1
          guard oddTries < Self.fewTries else { throw error }
          wait = pause
        case .none: throw error
        }
        if let mostTries, tries >= mostTries { throw GaveUp(last: error, tries: tries) }
        guard begin.duration(to: clock.now) + wait < patience else { throw error }
        try await Task.sleep(for: wait)
      }
    }
  }

  private static func hope(after error: any Error) -> Hope {
    switch error {
    case let failure as HTTPFailure:
      failure.error.isRetryable ? .passes(after: .zero) : .none
    case let failure as ServiceFailure:
      switch failure.advice {
      case .slowDown, .repeatReadsOnly: .passes(after: failure.retryAfter ?? .zero)
      case .giveUp, .holdAll: .none
      }
    case let error as OperationError: error.isRetryable ? .passes(after: .zero) : .none
    case is WireError, is Vanished: .mayPass
    default: .none
    }
  }
}
