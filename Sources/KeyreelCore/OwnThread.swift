internal import Dispatch
internal import Synchronization
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Runs blocking work (media libraries, transfers) on a thread of its own.
///
/// Swift's cooperative pool has as many threads as the machine has cores; a call that blocks there
/// stops every other task. Threads that have ended their work wait a while for more: a clip takes some ten
/// pieces of it, and a new thread costs more than most of them.
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

  /// A piece of work that holds nothing any more once it is done, however long its thread waits for more.
  private final class Piece: Sendable {
    private let body: Mutex<(@Sendable () -> Void)?>

    init(_ body: @escaping @Sendable () -> Void) { self.body = Mutex(body) }

    func run() {
      let body = body.withLock { $0.take() }
      body?()
    }
  }

  /// What a new thread is given.
  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Threads without work.
  ///
  /// A wake is signalled for every piece of work in the list, and each was
  /// promised to one of the threads that wait, which counts as idle no more.
  private struct Idle {
    var count = 0
    var work: [Piece] = []
  }

  private static let idle = Mutex(Idle())
  private static let wakes = DispatchSemaphore(value: 0)
  private static let mostIdle = 8
  private static let patience = DispatchTimeInterval.seconds(2)

  /// Runs `body` on a thread of its own that nobody waits for.
  public static func start(_ body: @escaping @Sendable () -> Void) {
    let piece = Piece(body)
    let isTaken = idle.withLock { idle in
      guard idle.count > 0 else { return false }
      idle.count -= 1
      idle.work.append(piece)
      return true
    }
    if isTaken { wakes.signal() } else { begin { work(piece) } }
  }

  /// Does `first`, and what comes in the next moments.
  private static func work(_ first: Piece) {
    var piece: Piece? = first
    while let current = piece {
      current.run()
      piece = nextPiece()
    }
  }

  /// Waits for more work; `nil` when there are threads enough, or nothing came.
  private static func nextPiece() -> Piece? {
    let stays = idle.withLock { idle in
      guard idle.count < mostIdle else { return false }
      idle.count += 1
      return true
    }
    guard stays else { return nil }
    while wakes.wait(timeout: .now() + patience) == .timedOut {
      let quits = idle.withLock { idle in
        // When all who wait have been promised work, so has this one.
        guard idle.count > 0 else { return false }
        idle.count -= 1
        return true
      }
      if quits { return nil }
    }
    return idle.withLock { $0.work.removeFirst() }
  }

  private static func begin(_ body: @escaping @Sendable () -> Void) {
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
