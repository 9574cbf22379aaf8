internal import ServiceLifecycle

/// Remembers when a service is to look again, so that it has one sleeper and not one for each event.
struct NextLook {
  private var time: ContinuousClock.Instant?

  /// Whether a look after `delay` comes before the one that is planned; it is then the planned one.
  mutating func moves(to delay: Duration) -> Bool {
    let now = ContinuousClock.now
    if let time, time > now, time <= now + delay { return false }
    time = now + delay
    return true
  }

  /// Waits for `delay`, or until the server is told to stop.
  static func pause(_ delay: Duration) async {
    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
  }
}
