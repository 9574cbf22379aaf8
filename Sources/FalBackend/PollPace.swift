internal import KeyreelCore

/// One budget of status requests for all jobs of a run, however many wait.
///
/// Turns are handed out evenly in time. A 429 halves the rate, every quiet turn gives a little back
/// (additive increase, multiplicative decrease).
actor PollPace {
  private let clock = ContinuousClock()
  private let fastest: Double
  private var rate: Double
  private var nextTurn: ContinuousClock.Instant
  private var streams: Int

  /// At most `rate` polls in a second and `streams` event streams at once.
  init(rate: Double = 50, streams: Int = 96) {
    fastest = rate
    self.rate = rate
    self.streams = streams
    nextTurn = clock.now
  }

  /// Waits until a poll is due.
  func turn() async throws {
    let due = max(nextTurn, clock.now)
    nextTurn = due + .seconds(1 / rate)
    try await Task.sleep(until: due, clock: clock)
  }

  /// Notes that the server asks for patience.
  func slowDown() { rate = max(0.2, rate / 2) }

  /// Notes that a poll was answered.
  func quicken() { rate = min(fastest, rate + fastest / 100) }

  /// Whether another event stream may be opened; who got one gives it back.
  func takeStream() -> Bool {
    guard streams > 0 else { return false }
    streams -= 1
    return true
  }

  /// Gives a stream back.
  func giveStreamBack() { streams += 1 }
}
