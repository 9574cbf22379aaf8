/// A committed clip with the story of its making, as the store remembers it.
public struct ClipRecord: Hashable, Sendable, Codable {
  /// What is known of the clip.
  public var receipt: Receipt
  /// 1-based number of the attempt that it came of.
  public var attempt: Int?
  /// When it was asked for, ISO 8601 in UTC.
  public var requested: String?
  /// When the maker accepted it.
  public var accepted: String?
  /// When it came into the store.
  public var committed: String

  /// `receipt`, committed at `committed`.
  public init(
    receipt: Receipt, attempt: Int? = nil, requested: String? = nil, accepted: String? = nil,
    committed: String
  ) {
    self.receipt = receipt
    self.attempt = attempt
    self.requested = requested
    self.accepted = accepted
    self.committed = committed
  }
}
