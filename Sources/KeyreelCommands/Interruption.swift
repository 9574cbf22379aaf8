internal import Dispatch
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import Synchronization

/// Turns SIGINT and SIGTERM into the cancellation of one task; a second signal ends the process.
final class Interruption: Sendable {
  private let received = Mutex<Int32?>(nil)
  /// Of its own, so that a signal is heard however busy the shared queues are.
  private let queue = DispatchQueue(label: "keyreel.signals")

  /// The exit status for the signal that came, if one came.
  var status: ExitStatus? {
    switch received.withLock({ $0 }) {
    case SIGINT: .interrupted
    case SIGTERM: .terminated
    default: nil
    }
  }

  /// Runs `body`; where it ends as interrupted, the status says by which signal.
  func guarding(_ body: @escaping @Sendable () async throws -> ExitStatus) async throws
    -> ExitStatus
  {
    do {
      let result = try await cancelling(body)
      return result == .interrupted ? status ?? result : result
    } catch {
      var failure = CommandFailure(error)
      if failure.status == .interrupted { failure.status = status ?? failure.status }
      throw failure
    }
  }

  /// Runs `body` in a task that is cancelled by the first signal, and waits for it to end cleanly.
  private func cancelling<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await body() }
    let heard = [SIGINT, SIGTERM].filter(Self.isHeard)
    let sources = heard.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [self] in
        let isFirst = received.withLock { value in
          defer { value = value ?? number }
          return value == nil
        }
        guard isFirst else { Self.end(by: number) }
        task.cancel()
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      for number in heard { signal(number, SIG_DFL) }
    }
    return try await task.value
  }

  /// Who started this process may have wished it to ignore a signal, as shells do for background jobs.
  private static func isHeard(_ number: Int32) -> Bool {
    var current = sigaction()
    guard sigaction(number, nil, &current) == 0 else { return true }
    #if canImport(Darwin)
      let handler = current.__sigaction_u.__sa_handler
    #else
      let handler = current.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func end(by number: Int32) -> Never {
    if isatty(STDERR_FILENO) == 1 {
      // The live picture hides the cursor.
      _ = write(STDERR_FILENO, "\u{1B}[?25h", 6)
    }
    _exit(128 + number)
  }
}
