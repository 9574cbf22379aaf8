internal import Synchronization

/// A flag that long blocking work asks now and then.
public final class CancellationToken: Sendable {
  private let flag = Atomic<Bool>(false)

  /// A token that is not cancelled.
  public init() {}

  /// Whether the work is to stop.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  /// Asks the work to stop.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Throws `interrupted` when the work is to stop.
  public func check() throws {
    if isCancelled { throw OperationError(.interrupted, "stopped on request") }
  }
}
