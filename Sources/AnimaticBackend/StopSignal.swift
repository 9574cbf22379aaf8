internal import KeyreelCore

/// Asks several tokens at once: the caller's own and the ticket's.
struct StopSignal: Sendable {
  let tokens: [CancellationToken]

  var isRaised: Bool { tokens.contains { $0.isCancelled } }

  /// Throws `interrupted` when any of them wants the work to stop.
  func check() throws {
    for token in tokens { try token.check() }
  }
}
