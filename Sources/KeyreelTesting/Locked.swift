import Synchronization

/// A value behind a lock, which may be shared.
public final class Locked<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  /// Guards `value`.
  public init(_ value: Value) { self.value = Mutex(value) }

  /// Runs `body` while nobody else uses the value.
  public func withLock<Result: Sendable>(
    _ body: (inout Value) throws -> Result
  ) rethrows -> Result {
    try value.withLock { try body(&$0) }
  }
}
