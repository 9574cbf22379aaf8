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

/// Runs `body`, a call of the store, and marks its error as the store's.
func atStore<Value>(_ body: () throws -> Value) throws(StoreFailure) -> Value {
  do { return try body() } catch { throw StoreFailure(error) }
}

/// Runs `body`, a call of the store that reads whole files, on a thread of its own.
func atStoreAlone<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  do { return try await OwnThread.run { _ in try body() } } catch { throw StoreFailure(error) }
}
