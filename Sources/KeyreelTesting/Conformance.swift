/// A promise of a seam that an implementation broke.
public struct BrokenPromise: Error, CustomStringConvertible {
  /// What was promised and what happened.
  public let description: String

  /// A promise told in `description`.
  public init(_ description: String) { self.description = description }
}

/// Throws a ``BrokenPromise`` unless `condition` holds.
func promise(_ condition: Bool, _ description: @autoclosure () -> String) throws {
  guard condition else { throw BrokenPromise(description()) }
}
