import KeyreelCore

/// How often, and after which pauses, something that failed is tried again.
public struct Backoff: Hashable, Sendable {
  /// The pauses; one more try after each.
  public var pauses: [Duration]

  /// One more try after each of `pauses`.
  public init(_ pauses: [Duration]) { self.pauses = pauses }

  /// Four more tries within eight seconds.
  public static let standard = Backoff([
    .milliseconds(500), .seconds(1), .seconds(2), .seconds(4),
  ])

  /// Tries for about an hour, at last every half minute.
  public static let patient = Backoff(
    [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(15)]
      + [Duration](repeating: .seconds(30), count: 120))

  /// One try only.
  public static let none = Backoff([])

  /// Runs `body` again while it throws an error that may be retried; a cancelled task is not.
  public func callAsFunction<Value: Sendable>(
    _ body: () async throws -> Value
  ) async throws -> Value {
    for pause in pauses {
      do { return try await body() } catch let error as OperationError
        where error.isRetryable && !Task.isCancelled
      {
        try await Task.sleep(for: pause)
      }
    }
    return try await body()
  }
}
