internal import CCurl
internal import KeyreelCore
internal import Synchronization

/// The thread of a session: takes calls in, lets libcurl work, hands answers out.
final class CallLoop: Sendable {
  /// A call that waits to be begun.
  struct Order: Sendable {
    let id: UInt64
    let call: HTTPCall
    let reader: (@Sendable ([UInt8]) -> Bool)?
    /// Told once how the call ended, on the thread that made it.
    let completion: @Sendable (Result<HTTPAnswer, any Error>) -> Void
  }

  private struct Inbox {
    var next: UInt64 = 0
    var orders: [Order] = []
    var cancelled: Set<UInt64> = []
    var isStopped = false
    /// The address of libcurl's multi handle, for waking it; 0 while the thread does not run.
    var multi: UInt = 0
  }

  private let settings: HTTPSession.Settings
  private let inbox = Mutex(Inbox())

  init(_ settings: HTTPSession.Settings) { self.settings = settings }

  /// Begins the thread, which lives until ``stop()``.
  func start() {
    OwnThread.start { self.run() }
  }

  /// Ends the thread; calls under way fail as interrupted.
  func stop() {
    inbox.withLock {
      $0.isStopped = true
      Self.wake($0)
    }
  }

  func perform(
    _ call: HTTPCall, reader: (@Sendable ([UInt8]) -> Bool)?
  ) async throws -> HTTPAnswer {
    let id = inbox.withLock { inbox in
      inbox.next += 1
      return inbox.next
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let order = Order(id: id, call: call, reader: reader) { continuation.resume(with: $0) }
        let isTaken = inbox.withLock { inbox in
          // A cancellation that came before this is forgotten already: nobody knew the call yet.
          guard !inbox.isStopped, !Task.isCancelled else { return false }
          inbox.orders.append(order)
          Self.wake(inbox)
          return true
        }
        if !isTaken { continuation.resume(throwing: Self.stopped) }
      }
    } onCancel: {
      inbox.withLock { inbox in
        inbox.cancelled.insert(id)
        Self.wake(inbox)
      }
    }
  }

  static let stopped = HTTPFailure(
    mayHaveArrived: false, error: OperationError(.interrupted, "stopped on request"))

  private static func wake(_ inbox: Inbox) {
    if let multi = UnsafeMutableRawPointer(bitPattern: inbox.multi) { curl_multi_wakeup(multi) }
  }

  /// All that happens on the thread.
  private func run() {
    guard HTTPClient.isReady, let multi = curl_multi_init() else {
      let orders = inbox.withLock { inbox in
        inbox.isStopped = true
        defer { inbox.orders = [] }
        return inbox.orders
      }
      for order in orders { order.completion(.failure(Self.stopped)) }
      return
    }
    curlx_multi_set_long(
      multi, CURLMOPT_MAX_HOST_CONNECTIONS, settings.connectionsPerHost)
    // Of itself it keeps four for each call under way, and closes most whenever few are for a moment.
    curlx_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.connectionsPerHost)
    inbox.withLock { $0.multi = UInt(bitPattern: multi) }
    var exchanges = ExchangeTable(multi: multi, settings: settings)
    while true {
      let news = inbox.withLock { inbox in
        defer { (inbox.orders, inbox.cancelled) = ([], []) }
        return (orders: inbox.orders, cancelled: inbox.cancelled, isStopped: inbox.isStopped)
      }
      for order in news.orders {
        exchanges.begin(order, isCancelled: news.cancelled.contains(order.id))
      }
      for id in news.cancelled { exchanges.cancel(id) }
      if news.isStopped { break }
      exchanges.work()
      curl_multi_poll(multi, nil, 0, exchanges.isEmpty ? 60_000 : 1000, nil)
    }
    inbox.withLock { $0.multi = 0 }
    exchanges.endAll()
    curl_multi_cleanup(multi)
  }
}

/// The calls under way; used on the session's thread only.
struct ExchangeTable {
  private let multi: UnsafeMutableRawPointer
  private let settings: HTTPSession.Settings
  private var byHandle: [UnsafeMutableRawPointer: Exchange] = [:]
  private var handles: [UInt64: UnsafeMutableRawPointer] = [:]
  /// Handles that can be used again; making one costs more than a call.
  private var spare: [UnsafeMutableRawPointer] = []
  /// When drains are looked through again.
  private var nextLook = ContinuousClock.now

  init(multi: UnsafeMutableRawPointer, settings: HTTPSession.Settings) {
    self.multi = multi
    self.settings = settings
  }

  var isEmpty: Bool { byHandle.isEmpty }

  mutating func begin(_ order: CallLoop.Order, isCancelled: Bool) {
    let handle = spare.popLast() ?? curl_easy_init()
    guard !isCancelled, let handle else {
      order.completion(.failure(CallLoop.stopped))
      if let handle { spare.append(handle) }
      return
    }
    let exchange = Exchange(order, handle)
    do { try exchange.configure(settings) } catch {
      curl_easy_reset(handle)
      spare.append(handle)
      order.completion(.failure(HTTPFailure(mayHaveArrived: false, error: error)))
      return
    }
    byHandle[handle] = exchange
    handles[order.id] = handle
    curl_multi_add_handle(multi, handle)
  }

  mutating func cancel(_ id: UInt64) {
    guard let handle = handles[id] else { return }
    finish(handle, CURLE_ABORTED_BY_CALLBACK)
  }

  /// Lets libcurl go on and ends the calls that are over.
  mutating func work() {
    var running: Int32 = 0
    curl_multi_perform(multi, &running)
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else {
        continue
      }
      finish(handle, curlx_message_result(message))
    }
    endDrains()
  }

  /// Closes streams that go on although nobody reads them any more.
  private mutating func endDrains() {
    let now = ContinuousClock.now
    guard now >= nextLook else { return }
    nextLook = now + .milliseconds(250)
    for (handle, exchange) in byHandle {
      if let end = exchange.drainsUntil, end <= now { finish(handle, CURLE_ABORTED_BY_CALLBACK) }
    }
  }

  mutating func endAll() {
    for handle in Array(byHandle.keys) { finish(handle, CURLE_ABORTED_BY_CALLBACK) }
    for handle in spare { curl_easy_cleanup(handle) }
    spare = []
  }

  private mutating func finish(_ handle: UnsafeMutableRawPointer, _ code: CURLcode) {
    guard let exchange = byHandle.removeValue(forKey: handle) else { return }
    handles.removeValue(forKey: exchange.order.id)
    curl_multi_remove_handle(multi, handle)
    exchange.end(code)
    curl_easy_reset(handle)
    if spare.count < 64 { spare.append(handle) } else { curl_easy_cleanup(handle) }
  }
}
