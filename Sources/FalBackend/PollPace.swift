internal import KeyreelCore

/// One budget of status requests for all jobs of a run, however many wait.
///
/// Turns are handed out evenly in time. A 429 halves the rate, every answered poll gives a little back
/// (additive increase, multiplicative decrease). Also hands out the event streams.
actor PollPace {
  private let clock = ContinuousClock()
  private let fastest: Double
  private(set) var rate: Double
  private var nextTurn: ContinuousClock.Instant
  private var slowedAt: ContinuousClock.Instant?
  private var streams: Int
  private var brokenStreams = 0

  private static let slowest = 0.2
  /// So many streams in a row that tell nothing mean that there are none to be had.
  private static let fairTries = 3

  init(_ pace: FalPace) {
    fastest = max(Self.slowest, pace.pollsPerSecond)
    rate = fastest
    streams = pace.eventStreams
    nextTurn = clock.now
  }

  /// Waits until a poll is due.
  func turn() async throws {
    let due = max(nextTurn, clock.now)
    nextTurn = due + .seconds(1 / rate)
    try await Task.sleep(until: due, clock: clock)
  }

  /// Notes that the server asks for patience.
  func slowDown(for pause: Duration?) {
    let now = clock.now
    if let pause { nextTurn = max(nextTurn, now + min(pause, .seconds(120))) }
    // All polls that were under way say the same; it counts once.
    if let slowedAt, slowedAt.duration(to: now) < .seconds(1) { return }
    slowedAt = now
    rate = max(Self.slowest, rate / 2)
  }

  /// Notes that a poll was answered.
  func quicken() { rate = min(fastest, rate + fastest / 100) }

  /// Whether another event stream may be opened; who got one gives it back.
  func takeStream() -> Bool {
    guard streams > 0, brokenStreams < Self.fairTries else { return false }
    streams -= 1
    return true
  }

  /// Gives a stream back, and says whether it told anything.
  func giveStreamBack(wasOfUse: Bool) {
    streams += 1
    brokenStreams = wasOfUse ? 0 : brokenStreams + 1
  }
}
