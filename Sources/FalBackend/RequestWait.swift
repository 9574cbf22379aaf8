internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// Waits for a request to be completed: by the list of all that are, by its event stream, or by polling.
///
/// A request that ends soon is best met in the list, together with others. One that takes longer is
/// followed by itself, so that people see where it stands; the list may still be first.
struct RequestWait: Sendable {
  let request: FalRequest
  let service: FalServices
  let budget: PollPace
  let reads: PatientReads
  let board: FinishedBoard

  private var pace: FalPace { service.settings.pace }

  /// Returns when the request is completed, well or not; with its result where the list has shown it.
  func untilCompleted(
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> FalRequest.Result? {
    let start = try await board.headStart(of: request)
    if let result = start.result { return result }
    if await budget.takeStream() {
      let reader = StatusReader(requestID: request.id, progress: progress)
      let end = await follow(reader)
      await budget.giveStreamBack(wasOfUse: reader.isOfUse || Task.isCancelled)
      if case .failure(let error) = end { throw error }
      if reader.isCompleted {
        board.ended(request, wasLate: start.wasLooked && !reader.sawWork)
        return nil
      }
    }
    return try await poll(progress, wasLooked: start.wasLooked)
  }

  /// Follows the stream to its end, whatever that is; only a stop on request is a failure.
  ///
  /// A stream saves requests where it works. Where it does not, nothing is lost: polling follows.
  private func follow(_ reader: StatusReader) async -> Result<Void, any Error> {
    do {
      var call = try service.call(.get, .queue, request.path(QueueRoute.statusStream) + "?logs=0")
      call.headers.removeAll { $0.name == "Accept" }
      call.headers.append(("Accept", EventStream.contentType))
      call.stallTimeout = pace.streamSilence
      call.timeout = pace.patience
      call.maximumBytes = 256 << 20
      _ = try await service.session.stream(call) { reader.take($0) }
    } catch let failure as HTTPFailure {
      if failure.error.code == .interrupted { return .failure(failure.error) }
    } catch {
      return .failure(error)
    }
    return .success(())
  }

  private func poll(
    _ progress: @Sendable (GenerationProgress) -> Void, wasLooked: Bool
  ) async throws -> FalRequest.Result? {
    let clock = ContinuousClock()
    let end = clock.now + pace.patience
    var pause = pace.firstPollPause
    var isFirst = true
    while clock.now < end {
      let status = try await reads { try await ask() }
      if let step = status.progress { progress(step) }
      if status.state == .completed {
        board.ended(request, wasLate: wasLooked && isFirst)
        return nil
      }
      isFirst = false
      // Far back in the queue nothing changes soon.
      let patience = min(20, max(1, status.queuePosition ?? 1))
      let result = try await board.pause(
        min(pause * patience, pace.longestPollPause * 2), of: request)
      if let result { return result }
      pause = min(pause * 3 / 2, pace.longestPollPause)
    }
    throw OperationError(
      .network, "request \(request.id) has not ended after \(pace.patience)",
      remedy: "run again to go on waiting; it is not asked for twice")
  }

  /// One poll, within the budget that all jobs share.
  private func ask() async throws -> QueueStatus {
    try await budget.turn()
    do {
      let status = try await request.status()
      await budget.quicken()
      return status
    } catch let failure as ServiceFailure where failure.kind == .tooMany {
      await budget.slowDown(for: failure.retryAfter)
      throw failure
    }
  }
}
