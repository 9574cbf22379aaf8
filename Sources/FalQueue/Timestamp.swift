/// A moment of the world's clock, in whole milliseconds since 1970 (UTC).
public struct Timestamp: Hashable, Sendable, Comparable, Codable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  /// The moment `milliseconds` after the beginning of 1970.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The moment `length` later, whole milliseconds, never beyond what a number holds.
  public static func + (moment: Timestamp, length: Duration) -> Timestamp {
    Timestamp(
      milliseconds: Int64(clamping: Int128(moment.milliseconds) + Int128(length.milliseconds)))
  }

  /// The moment `length` earlier, whole milliseconds.
  public static func - (moment: Timestamp, length: Duration) -> Timestamp {
    Timestamp(
      milliseconds: Int64(clamping: Int128(moment.milliseconds) - Int128(length.milliseconds)))
  }

  /// The time from `earlier` to `later`.
  public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
    .milliseconds(later.milliseconds - earlier.milliseconds)
  }

  /// Orders by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return Int64(
      clamping: Int128(seconds) * 1000 + Int128(attoseconds / 1_000_000_000_000_000))
  }

  /// Whole microseconds, rounded towards zero.
  var microseconds: Int64 {
    let (seconds, attoseconds) = components
    return Int64(
      clamping: Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000))
  }
}
