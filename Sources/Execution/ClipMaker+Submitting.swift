import KeyreelCore

/// The submissions of a clip: each attempt is sent once.
extension ClipMaker {
  /// Sends the order, once per attempt; another attempt follows only where the last provably failed.
  ///
  /// Returns with a place in flight, which the caller gives back.
  func submit(
    _ prepared: PreparedOrder, for job: ClipJob, under claim: any Claim
  ) async throws -> Ticket {
    var pauses = options.backoff.pauses[...]
    var patience = options.patience.pauses[...]
    while true {
      try await places.enter()
      do {
        let ticket = try await send(prepared, for: job, under: claim)
        places.grow()
        return ticket
      } catch let refusal as Refusal where refusal.isForWantOfRoom {
        defer { places.leave() }
        guard let pause = patience.popFirst() else { throw refusal.error }
        places.shrink(for: max(pause, refusal.retryAfter ?? .zero))
      } catch let refusal as Refusal {
        places.leave()
        guard refusal.isRetryable, let pause = pauses.popFirst() else { throw refusal.error }
        try await Task.sleep(for: pause)
      } catch {
        places.leave()
        throw error
      }
    }
  }

  /// A submission that provably had no effect.
  private struct Refusal: Error {
    let error: any Error
    let retryAfter: Duration?

    var isRetryable: Bool { (error as? OperationError)?.isRetryable == true }
    var isForWantOfRoom: Bool { (error as? OperationError)?.code == .tooManyRequests }
  }

  /// One attempt: its intent, its one submission, and its end where that is definite.
  private func send(
    _ prepared: PreparedOrder, for job: ClipJob, under claim: any Claim
  ) async throws -> Ticket {
    try Task.checkCancellation()
    try await atStore { try claim.begin(input: prepared.input, reserved: job.price) }
    do {
      return try await backend.submit(prepared)
    } catch {
      guard let refusal = try definite(error, of: job) else { throw unknown(job, because: error) }
      try await atStore { try claim.fail("\(refusal)") }
      throw Refusal(error: refusal, retryAfter: (error as? SubmissionFailure)?.retryAfter)
    }
  }

  /// The error of a submission that provably had no effect; `nil` when nobody knows.
  private func definite(_ error: any Error, of job: ClipJob) throws -> (any Error)? {
    switch error {
    case let failure as SubmissionFailure where failure.outcome == .notAccepted: failure.error
    case let failure as SubmissionFailure: backend.ticketsSurviveProcess ? nil : failure.error
    default: backend.ticketsSurviveProcess ? nil : error
    }
  }

  func unknown(_ job: ClipJob, because error: (any Error)?) -> OperationError {
    let cause = error.map { failure in
      ": \((failure as? SubmissionFailure)?.error.message ?? "\(failure)")"
    }
    return OperationError(
      .unknownSubmission,
      "nobody knows whether \(backend.identity) accepted \(job.name.segment)\(cause ?? "")",
      remedy: "run keyreel reconcile on the pipeline; it is not sent again by itself",
      underlying: error)
  }
}
