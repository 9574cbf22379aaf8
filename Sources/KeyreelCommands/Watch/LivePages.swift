internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

/// What a browser sees of `keyreel watch`: the latest page and its films, and the news of a newer one.
final class LivePages: Sendable {
  private struct State {
    var page: [UInt8] = []
    var films: [String: FilePath] = [:]
    var version = 0
    var listeners: [Int: AsyncStream<Int>.Continuation] = [:]
    var nextListener = 0
  }

  private let state = Mutex(State())

  /// The page, UTF-8.
  var page: [UInt8] { state.withLock(\.page) }

  /// The film file behind an address, `/film-0.mp4`.
  func film(at address: String) -> FilePath? { state.withLock { $0.films[address] } }

  /// Shows another page, and tells every browser.
  func show(_ page: [UInt8], films: [String: FilePath]) {
    let (version, listeners) = state.withLock { state in
      state.page = page
      state.films = films
      state.version += 1
      return (state.version, Array(state.listeners.values))
    }
    for listener in listeners { listener.yield(version) }
  }

  /// The number of each newer page, for one browser.
  func changes() -> AsyncStream<Int> {
    let (stream, continuation) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
    }
    return stream
  }
}
