internal import FalProtocol
internal import HTTP
internal import KeyreelCore
internal import Synchronization

/// Waits for a request to be completed: by its event stream where there is one, else by polling.
struct RequestWait: Sendable {
  let request: FalRequest
  let service: FalServices
  let pace: PollPace
  let reads: PatientReads

  private static let firstPause = Duration.milliseconds(400)
  private static let longestPause = Duration.seconds(6)

  /// Returns when the queue says that the request is completed, well or not.
  func untilCompleted(
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws {
    if await pace.takeStream() {
      let isCompleted = try await stream(progress)
      await pace.giveStreamBack()
      if isCompleted { return }
    }
    try await poll(progress)
  }

  /// Follows the stream to its end; `false` when it broke off before the request was completed.
  ///
  /// A stream saves requests where it works. Where it does not, nothing is lost: polling follows.
  private func stream(
    _ progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> Bool {
    var call = service.call(.get, .queue, request.path(QueueRoute.statusStream) + "?logs=0")
    call.headers.append(("Accept", EventStream.contentType))
    // The server pings every 15 seconds.
    call.stallTimeout = .seconds(45)
    call.timeout = service.settings.patience
    call.maximumBytes = 256 << 20
    let reader = StatusReader(requestID: request.id, progress: progress)
    do {
      _ = try await service.session.stream(call) { reader.take($0) }
    } catch let failure as HTTPFailure {
      if failure.error.code == .interrupted { throw failure.error }
    }
    return reader.isCompleted
  }

  private func poll(_ progress: @Sendable (GenerationProgress) -> Void) async throws {
    let clock = ContinuousClock()
    let end = clock.now + service.settings.patience
    var pause = Self.firstPause
    while clock.now < end {
      let status = try await reads { try await ask() }
      if let step = status.progress { progress(step) }
      if status.state == .completed { return }
      // Far back in the queue nothing changes soon.
      let patience = min(20, max(1, status.queuePosition ?? 1))
      try await Task.sleep(for: min(pause * patience, Self.longestPause * 2))
      pause = min(pause * 3 / 2, Self.longestPause)
    }
    throw OperationError(
      .network, "request \(request.id) has not ended after \(service.settings.patience)",
      remedy: "run again to go on waiting; it is not asked for twice", isRetryable: false)
  }

  /// One poll, within the budget that all jobs share.
  private func ask() async throws -> QueueStatus {
    try await pace.turn()
    do {
      let status = try await request.status()
      await pace.quicken()
      return status
    } catch let failure as ServiceFailure where failure.kind == .tooMany {
      await pace.slowDown()
      throw failure
    }
  }
}

/// Puts the statuses of a stream together; called from the session's thread, one piece after another.
private final class StatusReader: Sendable {
  private struct State {
    var parser = EventStreamParser()
    var isCompleted = false
  }

  private let state = Mutex(State())
  private let requestID: String
  private let progress: @Sendable (GenerationProgress) -> Void

  init(requestID: String, progress: @escaping @Sendable (GenerationProgress) -> Void) {
    self.requestID = requestID
    self.progress = progress
  }

  var isCompleted: Bool { state.withLock { $0.isCompleted } }

  /// Takes a piece of the stream; `false` when nothing more is of interest.
  func take(_ bytes: [UInt8]) -> Bool {
    let statuses: [QueueStatus]? = state.withLock { state in
      guard let events = try? state.parser.feed(bytes) else { return nil }
      return events.compactMap { event in
        guard let json = try? JSONValue(parsing: event) else { return nil }
        return try? QueueStatus(decoding: json, requestID: requestID)
      }
    }
    guard let statuses else { return false }
    for step in statuses.compactMap(\.progress) { progress(step) }
    guard statuses.contains(where: { $0.state == .completed }) else { return true }
    state.withLock { $0.isCompleted = true }
    return false
  }
}

extension QueueStatus {
  /// How far a clip has come, as reporters tell it; the end is told by others.
  var progress: GenerationProgress? {
    switch state {
    case .inQueue: .queued(position: queuePosition)
    case .inProgress: .rendering(done: 0, of: 0)
    case .completed: nil
    }
  }
}
