internal import Synchronization

/// Tells waiting tasks that something changed, without asking the database again and again.
///
/// A stream holds at most one unread change, so a slow reader costs nothing; it is forgotten when its
/// reader is cancelled or lets it go.
final class ChangeBoard: Sendable {
  /// What can change.
  enum Topic: Hashable, Sendable {
    /// One job: its state, cancel wish or logs.
    case job(String)
    /// A running job is to be cancelled.
    case wish(String)
    /// A job waits that can be taken.
    case work
    /// A webhook is to be delivered.
    case deliveries
  }

  private struct State {
    var next = 0
    var isClosed = false
    var readers: [Topic: [Int: AsyncStream<Void>.Continuation]] = [:]
  }

  private let state = Mutex(State())

  /// Changes of `topic` from now on.
  func stream(of topic: Topic) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number: Int? = state.withLock { state in
      guard !state.isClosed else { return nil }
      state.next += 1
      state.readers[topic, default: [:]][state.next] = continuation
      return state.next
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in self?.forget(number, of: topic) }
    return stream
  }

  private func forget(_ number: Int, of topic: Topic) {
    // The continuation is let go outside the lock.
    _ = state.withLock { state in
      let reader = state.readers[topic]?.removeValue(forKey: number)
      if state.readers[topic]?.isEmpty == true { state.readers[topic] = nil }
      return reader
    }
  }

  /// Tells the readers of `topics`.
  func post(_ topics: Set<Topic>) {
    guard !topics.isEmpty else { return }
    let readers = state.withLock { state in
      topics.flatMap { state.readers[$0]?.values.map(\.self) ?? [] }
    }
    for reader in readers { reader.yield() }
  }

  /// Ends all streams.
  func close() {
    let readers = state.withLock { state in
      state.isClosed = true
      return state.readers.values.flatMap(\.values)
    }
    for reader in readers { reader.finish() }
  }

  /// Streams that are being read, for the leak test and the metrics.
  var readerCount: Int { state.withLock { $0.readers.values.reduce(0) { $0 + $1.count } } }
}
