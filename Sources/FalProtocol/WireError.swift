/// Why an answer is not what the protocol says.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence without a full stop, for people.
  public let description: String

  /// An answer that breaks the protocol as told in `description`.
  public init(_ description: String) { self.description = description }
}
