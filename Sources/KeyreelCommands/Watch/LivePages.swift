internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

/// What a browser is told of.
enum LiveNews: Sendable {
  /// There is a newer page.
  case page
  /// The pipeline cannot be used as it is; what a terminal would say.
  case trouble(String)

  /// The news as a server-sent event.
  var event: String {
    switch self {
    case .page: return "event: change\ndata: \n\n"
    case .trouble(let text):
      let lines = text.split(whereSeparator: \.isNewline).map { "data: \($0)\n" }
      return "event: trouble\n" + lines.joined() + "\n"
    }
  }
}

/// What a browser sees of `keyreel watch`: the latest page and its films, and the news of a newer one.
final class LivePages: Sendable {
  private struct State {
    var page: [UInt8] = []
    var films: [String: FilePath] = [:]
    var trouble: String?
    var listeners: [Int: AsyncStream<LiveNews>.Continuation] = [:]
    var nextListener = 0
  }

  private let state = Mutex(State())

  /// The page, UTF-8.
  var page: [UInt8] { state.withLock(\.page) }

  /// The film file behind an address, `/film-0.mp4`.
  func film(at address: String) -> FilePath? { state.withLock { $0.films[address] } }

  /// Shows `page` until there is a film.
  init(waitingPage page: [UInt8]) { state.withLock { $0.page = page } }

  /// Shows another page, and tells every browser.
  func show(_ page: [UInt8], films: [String: FilePath]) {
    let listeners = state.withLock { state in
      state.page = page
      state.films = films
      state.trouble = nil
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.yield(.page) }
  }

  /// Tells every browser why there is no newer page; the one that is shown stays.
  func tell(_ trouble: String) {
    let listeners = state.withLock { state in
      state.trouble = trouble
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.yield(.trouble(trouble)) }
  }

  /// All that happens from now on, for one browser; a trouble that stands is told first.
  func news() -> AsyncStream<LiveNews> {
    let (stream, continuation) = AsyncStream<LiveNews>.makeStream(
      bufferingPolicy: .bufferingNewest(1))
    let (number, trouble) = state.withLock { state in
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return (state.nextListener, state.trouble)
    }
    if let trouble { continuation.yield(.trouble(trouble)) }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
    }
    return stream
  }
}
