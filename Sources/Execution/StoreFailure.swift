import KeyreelCore

/// A failure of the store itself, as opposed to one of the clip being made.
struct StoreFailure: Error {
  let error: OperationError

  init(_ error: any Error) {
    self.error =
      error as? OperationError
      ?? OperationError(.inputOutput, "the store failed: \(error)", underlying: error)
  }
}

/// Runs `body`, a call of the store, on a thread of its own, and marks its error as the store's.
///
/// The call may read whole files, force a disk, or ask a server far away.
func atStore<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws(StoreFailure) -> Value {
  do { return try await OwnThread.run { _ in try body() } } catch { throw StoreFailure(error) }
}
