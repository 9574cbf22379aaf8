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

  /// The exit status for the signal that came, if one came.
  var status: ExitStatus? {
    switch received.withLock({ $0 }) {
    case SIGINT: .interrupted
    case SIGTERM: .terminated
    default: nil
    }
  }

  /// Runs `body` in a task that is cancelled by the first signal, and waits for it to end cleanly.
  func guarding<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        let isFirst = received.withLock { value in
          defer { value = value ?? number }
          return value == nil
        }
        guard isFirst else { _exit(128 + number) }
        task.cancel()
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      signal(SIGINT, SIG_DFL)
      signal(SIGTERM, SIG_DFL)
    }
    return try await task.value
  }
}
