internal import Dispatch
internal import Synchronization

/// A few threads for blocking work on files, off the pool that Swift's tasks share.
///
/// Work of one lane is done in order; the system keeps the threads between calls.
final class DiskLanes: Sendable {
  private let lanes: [DispatchQueue]
  private let next = Atomic<Int>(0)

  init(count: Int = 4) {
    lanes = (0..<count).map { DispatchQueue(label: "keyreel.files.\($0)") }
  }

  /// One of the lanes, in turn.
  func lane() -> DiskLane {
    let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return DiskLane(queue: lanes[Int(UInt(bitPattern: turn) % UInt(lanes.count))])
  }
}

/// One thread's worth of file work.
struct DiskLane: Sendable {
  let queue: DispatchQueue

  /// Does `work` there; it is not stopped by the caller's cancellation.
  func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result(catching: work)) }
    }
  }
}
