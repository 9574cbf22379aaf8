internal import Synchronization
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Runs blocking work (media libraries, transfers) on a thread of its own.
///
/// Swift's cooperative pool has as many threads as the machine has cores; a call that blocks there
/// stops every other task. A thread costs some ten microseconds, a clip costs seconds.
public enum OwnThread {
  /// Runs `work` on a new thread and returns what it returns.
  ///
  /// Cancelling the calling task does not stop the thread; long work asks the token that it is given.
  public static func run<Value: Sendable>(
    _ work: @escaping @Sendable (CancellationToken) throws -> Value
  ) async throws -> Value {
    let token = CancellationToken()
    let errand = Errand(work)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        start { continuation.resume(with: Result { try errand.run(token) }) }
      }
    } onCancel: {
      token.cancel()
    }
  }

  /// Work that lets go of what it holds before its caller goes on.
  ///
  /// The thread may live a little longer than the call; a store that it still held would keep its lock.
  private final class Errand<Value: Sendable>: Sendable {
    private let work: Mutex<(@Sendable (CancellationToken) throws -> Value)?>

    init(_ work: @escaping @Sendable (CancellationToken) throws -> Value) {
      self.work = Mutex(work)
    }

    func run(_ token: CancellationToken) throws -> Value {
      guard let work = work.withLock({ $0.take() }) else {
        preconditionFailure("an errand is run once")
      }
      return try work(token)
    }
  }

  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new thread that nobody waits for.
  public static func start(_ body: @escaping @Sendable () -> Void) {
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    pthread_attr_init(attributes)
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    // libav's decoders and sorting need more than the small stacks some systems give to threads.
    pthread_attr_setstacksize(attributes, 8 << 20)
    defer {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }
    let job = Unmanaged.passRetained(Job(body))
    #if canImport(Glibc)
      var thread: pthread_t = 0
      let status = pthread_create(
        &thread, attributes,
        { context in
          if let context { Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body() }
          return nil
        }, job.toOpaque())
    #else
      var thread: pthread_t?
      let status = pthread_create(
        &thread, attributes,
        { context in
          Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body()
          return nil
        }, job.toOpaque())
    #endif
    // Out of threads: do the work here rather than never.
    if status != 0 { job.takeRetainedValue().body() }
  }
}
