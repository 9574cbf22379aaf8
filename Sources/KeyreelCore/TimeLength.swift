/// A length of time as an author writes it: exact seconds, or a number of frames.
public enum TimeLength: Hashable, Sendable, Codable {
  /// Exact nanoseconds (`8s`, `1.5s`, `250ms`).
  case time(nanoseconds: Int64)
  /// Whole frames (a bare number).
  case frames(Int)

  /// Reads `8s`, `1.5s`, `250ms` or a bare whole number of frames; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    if let frames = Int(text), frames >= 0 {
      self = .frames(frames)
    } else if text.hasSuffix("ms"), let value = Money(decimal: text.dropLast(2)), value.nanos >= 0 {
      self = .time(nanoseconds: value.nanos / 1000)
    } else if text.hasSuffix("s"), let value = Money(decimal: text.dropLast()), value.nanos >= 0 {
      self = .time(nanoseconds: value.nanos)
    } else {
      return nil
    }
  }

  /// The exact position in frames at `rate` as a fraction, with room for any length and rate.
  public func exactFrames(at rate: FrameRate) -> (numerator: Int128, denominator: Int128) {
    switch self {
    case .frames(let frames): (Int128(frames), 1)
    case .time(let nanoseconds):
      (Int128(nanoseconds) * Int128(rate.numerator), 1_000_000_000 * Int128(rate.denominator))
    }
  }

  /// The nearest whole number of frames at `rate`, halves rounded up; absurd lengths are cut to
  /// `Int.max`.
  public func roundedFrames(at rate: FrameRate) -> Int {
    let (numerator, denominator) = exactFrames(at: rate)
    return Int(clamping: (2 * numerator + denominator) / (2 * denominator))
  }
}
