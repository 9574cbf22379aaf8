internal import FalProtocol
internal import KeyreelCore
internal import Synchronization

/// Where many requests in flight learn of their ends by one call instead of two calls each.
///
/// One of those who wait looks at the platform's list for all of them. Nothing is ever concluded from
/// what the list does not show: who is not found in time follows the request by itself, as if there
/// were no list; see `docs/decisions/0022-many-results-by-one-call.md`.
final class FinishedBoard: Sendable {
  private let list: FinishedList?
  private let clock = ContinuousClock()
  private let state: Mutex<BoardState>

  /// While a list is trusted, a request that cannot be followed by a stream is asked about this seldom.
  private static let seldom = Duration.seconds(30)
  /// How long one that looks sleeps at most, so that newcomers do not wait for an old plan.
  private static let longestSleep = Duration.milliseconds(100)

  init(_ service: FalServices) {
    let isThere =
      service.settings.addresses[.platform] != nil && service.settings.options.storesPayloads
    list = isThere ? FinishedList(service: service) : nil
    state = Mutex(BoardState(service.settings.pace))
  }

  /// Notes that a request was accepted with an input of so many bytes.
  func accepted(_ ticket: Ticket, inputBytes: Int) {
    state.withLock { $0.enter(ticket, at: clock.now, inputBytes: inputBytes) }
  }

  /// Notes that a request is being collected.
  func begun(_ ticket: Ticket) { state.withLock { $0.enter(ticket, at: clock.now) } }

  /// Forgets a request.
  func left(_ ticket: Ticket) { state.withLock { $0.leave(ticket) } }

  /// Notes that `request` was found to have ended by its own status.
  ///
  /// `wasLate` when it must have ended while it was looked for in the list.
  func ended(_ request: FalRequest, wasLate: Bool) {
    state.withLock { state in
      guard let since = state.inFlight[request.id] else { return }
      state.pace.ended(after: since.duration(to: clock.now))
      if wasLate { state.suspect(request.id, of: request.endpoint) }
    }
  }

  /// Looks for a new request as long as that is likely to save calls.
  ///
  /// The result is `nil` when it was not shown; `wasLooked` tells whether it was looked for in vain.
  func headStart(
    of request: FalRequest
  ) async throws -> (result: FalRequest.Result?, wasLooked: Bool) {
    let time = state.withLock { state -> Duration in
      let endpoint = request.endpoint.description
      return state.isWorthIt(endpoint)
        ? state.pace.headStart(inFlight: state.crowd(of: endpoint)) : .zero
    }
    guard list != nil, time > .zero else { return (nil, false) }
    let result = try await wait(for: request, until: clock.now + time)
    return (result, state.withLock { !$0.isKnown(request.id) })
  }

  /// Sleeps for `pause`, or much longer while the list is trusted; ends as soon as it shows the request.
  func pause(_ pause: Duration, of request: FalRequest) async throws -> FalRequest.Result? {
    let begin = clock.now
    let (isWorthIt, isProven) = state.withLock { state in
      (state.isWorthIt(request.endpoint.description), state.pace.isProven)
    }
    if list != nil, isWorthIt {
      let patience = isProven ? max(pause, Self.seldom) : pause
      if let result = try await wait(for: request, until: begin + patience) { return result }
    }
    try await Task.sleep(until: begin + pause, clock: clock)
    return nil
  }

  private func wait(
    for request: FalRequest, until deadline: ContinuousClock.Instant
  ) async throws -> FalRequest.Result? {
    while true {
      switch try await turn(request, deadline) {
      case .found(let result): return result
      case .over: return nil
      case .looking:
        defer { handOver(request.id) }
        try await look(for: request.id)
      }
    }
  }

  private func turn(
    _ request: FalRequest, _ deadline: ContinuousClock.Instant
  ) async throws -> BoardState.Turn {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let turn: Result<BoardState.Turn, any Error>? = state.withLock { state in
          // A cancellation that came before this found nobody.
          if Task.isCancelled { return .failure(CancellationError()) }
          let now = clock.now
          if let result = state.take(request.id, at: now) { return .success(.found(result)) }
          guard !state.pace.isDropped, now < deadline, !state.isHopeless(request.id) else {
            return .success(.over)
          }
          let isFirst = !state.isLooking
          state.isLooking = true
          state.waiters[request.id] = BoardState.Waiter(
            endpoint: request.endpoint, deadline: deadline, looks: state.looks,
            turn: isFirst ? nil : continuation)
          return isFirst ? .success(.looking) : nil
        }
        if let turn { continuation.resume(with: turn) }
      }
    } onCancel: {
      let turn = state.withLock { state -> CheckedContinuation<BoardState.Turn, any Error>? in
        guard let turn = state.waiters[request.id]?.turn else { return nil }
        state.waiters[request.id] = nil
        return turn
      }
      turn?.resume(throwing: CancellationError())
    }
  }
}

/// The part of the one that looks for all.
extension FinishedBoard {
  /// Looks until `id` is shown, its time is over, or the list is of no use.
  private func look(for id: String) async throws {
    while true {
      let now = clock.now
      tell(state.withLock { $0.expire(at: now) })
      let (isOver, nextLook) = state.withLock { state in
        (state.waiters[id].map { state.isOver($0, at: now) } ?? true, state.nextLook)
      }
      if isOver { return }
      if nextLook <= now, try await lookOnce(for: id) { return }
      let next = min(clock.now + Self.longestSleep, state.withLock { $0.nextLook })
      try await Task.sleep(until: next, clock: clock)
    }
  }

  /// One look for all who wait; whether `id` need not wait any longer.
  private func lookOnce(for id: String) async throws -> Bool {
    do { try await ask() } catch {
      try Task.checkCancellation()
      // Whatever is wrong with the list: every request can be followed without it.
      state.withLock { $0.pace.drop() }
      return true
    }
    let (told, isOver) = state.withLock { state in
      (state.settle(at: clock.now), state.isShown(id) || state.isHopeless(id))
    }
    tell(told)
    return isOver
  }

  private func ask() async throws {
    guard let list else { return }
    let (endpoints, count) = state.withLock { ($0.beginLook(), $0.lastFound) }
    for endpoint in endpoints {
      let news = try await list.results(
        of: endpoint, expecting: count, waiting: { self.state.withLock { $0.inFlight.count } },
        isKnown: { id in self.state.withLock { $0.isKnown(id) } })
      state.withLock { $0.note(news) }
    }
    let ids = state.withLock { $0.unbilled() }
    for start in stride(from: 0, to: ids.count, by: FinishedList.billsPerCall) {
      let end = min(start + FinishedList.billsPerCall, ids.count)
      let units = try await list.units(of: ids[start..<end])
      state.withLock { $0.note(units: units) }
    }
  }

  private func handOver(_ id: String) {
    let (told, next) = state.withLock { state in
      (state.expire(at: clock.now), state.handOver(id))
    }
    tell(told)
    next?.turn?.resume(returning: .looking)
  }

  private func tell(_ told: [(waiter: BoardState.Waiter, turn: BoardState.Turn)]) {
    for (waiter, turn) in told { waiter.turn?.resume(returning: turn) }
  }
}
