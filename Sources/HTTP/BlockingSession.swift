internal import CCurl
internal import KeyreelCore
internal import Synchronization

/// Makes HTTP calls one by one on the caller's own thread, which waits; many threads may call at once.
///
/// As careful as ``HTTPSession``: a call goes out once, no redirect is followed, nothing is read from the
/// environment. Connections are kept from call to call. Not for threads of Swift's cooperative pool.
public final class BlockingSession: Sendable {
  private let settings: HTTPSession.Settings
  /// Addresses of libcurl's handles that nobody uses now; each keeps its connection.
  private let spare = Mutex<[UInt]>([])

  /// A session with these settings.
  public init(_ settings: HTTPSession.Settings = HTTPSession.Settings()) {
    self.settings = settings
  }

  deinit {
    for address in spare.withLock({ $0 }) {
      if let handle = UnsafeMutableRawPointer(bitPattern: address) { curl_easy_cleanup(handle) }
    }
  }

  /// Makes `call` and returns the whole answer, whatever its status.
  ///
  /// Throws an ``HTTPFailure``. A destination file is new, forced to the disk, and removed again on any
  /// failure.
  public func send(_ call: HTTPCall) throws -> HTTPAnswer {
    let known = spare.withLock { $0.popLast() }.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    guard HTTPClient.isReady, let handle = known ?? curl_easy_init() else {
      throw HTTPFailure(
        mayHaveArrived: false, error: OperationError(.inputOutput, "libcurl cannot be started"))
    }
    defer {
      curl_easy_reset(handle)
      spare.withLock { $0.append(UInt(bitPattern: handle)) }
    }
    let ending = Mutex<Result<HTTPAnswer, any Error>>(.failure(CallLoop.stopped))
    let order = CallLoop.Order(id: 0, call: call, reader: nil) { result in
      ending.withLock { $0 = result }
    }
    let exchange = Exchange(order, handle)
    do { try exchange.configure(settings) } catch {
      throw HTTPFailure(mayHaveArrived: false, error: error)
    }
    withExtendedLifetime(exchange) { exchange.end(curl_easy_perform(handle)) }
    return try ending.withLock { try $0.get() }
  }
}
