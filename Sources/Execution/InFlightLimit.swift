import KeyreelCore
import Synchronization

/// How many requests of one account may be in flight, found out by trying; shared by all jobs of a run.
///
/// A refusal for want of room halves the limit, every accepted request gives a little back (additive
/// increase, multiplicative decrease). Jobs wait here *before* their intent is written, in the order
/// in which they came: an intent without a request behind it would count as unknown after a crash.
/// One that never shrinks bounds how many clips are at some other step of their way.
final class InFlightLimit: Sendable {
  private typealias Waiter = CheckedContinuation<Void, any Error>

  private struct State {
    var limit: Double
    var inFlight = 0
    var resumesAt: ContinuousClock.Instant?
    var shrunkAt: ContinuousClock.Instant?
    var queue: [(id: Int, waiter: Waiter)] = []
    var nextID = 0
    var held: OperationError?

    var hasRoom: Bool { inFlight < Int(limit) }

    /// Lets in whoever has room now.
    mutating func admit() -> [Waiter] {
      var admitted: [Waiter] = []
      while hasRoom, !queue.isEmpty {
        inFlight += 1
        admitted.append(queue.removeFirst().waiter)
      }
      return admitted
    }
  }

  private let clock = ContinuousClock()
  private let most: Double
  private let state: Mutex<State>

  /// Refusals within this time are of one cause; they count once.
  private static let oneCause = Duration.seconds(1)

  init(most: Int) {
    self.most = Double(max(1, most))
    state = Mutex(State(limit: self.most))
  }

  /// How many may be in flight now.
  var limit: Int { state.withLock { Int($0.limit) } }

  /// How many are in flight now.
  var inFlight: Int { state.withLock { $0.inFlight } }

  /// How many wait for a place now.
  var waiting: Int { state.withLock { $0.queue.count } }

  /// Waits for a place; throws what ``hold(_:)`` was given, or `CancellationError`.
  func enter() async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { wait($0, id) }
    } onCancel: {
      quit(id)
    }
    do {
      while let end = state.withLock({ $0.resumesAt }), clock.now < end {
        try await Task.sleep(until: end, clock: clock)
      }
      if let held = state.withLock({ $0.held }) { throw held }
    } catch {
      leave()
      throw error
    }
  }

  private func wait(_ waiter: Waiter, _ id: Int) {
    let answer: Result<Void, any Error>? = state.withLock { state in
      if let held = state.held { return .failure(held) }
      // A cancellation that came before this found nobody.
      if Task.isCancelled { return .failure(CancellationError()) }
      guard state.queue.isEmpty, state.hasRoom else {
        state.queue.append((id, waiter))
        return nil
      }
      state.inFlight += 1
      return .success(())
    }
    if let answer { waiter.resume(with: answer) }
  }

  private func quit(_ id: Int) {
    let waiter = state.withLock { state in
      state.queue.firstIndex { $0.id == id }.map { state.queue.remove(at: $0).waiter }
    }
    waiter?.resume(throwing: CancellationError())
  }

  /// Counts a request that is in flight already, whatever the limit says: one of an earlier run.
  func join() { state.withLock { $0.inFlight += 1 } }

  /// Gives a place back.
  func leave() {
    change { state in
      precondition(state.inFlight > 0, "a place is given back once")
      state.inFlight -= 1
    }
  }

  /// Notes that a request was accepted.
  func grow() { change { [most] state in state.limit = min(most, state.limit + 1 / state.limit) } }

  private func change(_ body: (inout State) -> Void) {
    let admitted = state.withLock { state in
      body(&state)
      return state.admit()
    }
    for waiter in admitted { waiter.resume() }
  }

  /// Notes that a request was refused for want of room; nobody sends anything for `pause`.
  func shrink(for pause: Duration) {
    let now = clock.now
    state.withLock { state in
      state.resumesAt = max(state.resumesAt ?? now, now + pause)
      if let last = state.shrunkAt, last.duration(to: now) < Self.oneCause { return }
      state.shrunkAt = now
      state.limit = max(1, state.limit / 2)
    }
  }

  /// Lets nobody in any more: all who wait, and all who come, get `error`.
  func hold(_ error: OperationError) {
    let waiters = state.withLock { state in
      state.held = state.held ?? error
      defer { state.queue = [] }
      return state.queue.map(\.waiter)
    }
    for waiter in waiters { waiter.resume(throwing: error) }
  }
}
