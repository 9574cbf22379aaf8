/// An exact number of frames per second, as a reduced fraction (30/1, 24000/1001).
public struct FrameRate: Hashable, Sendable {
  /// Frames in `denominator` seconds.
  public let numerator: Int
  /// Seconds in which `numerator` frames pass.
  public let denominator: Int

  /// A rate of `numerator / denominator` frames per second; `nil` unless both are positive.
  public init?(_ numerator: Int, _ denominator: Int = 1) {
    guard numerator > 0, denominator > 0 else { return nil }
    let divisor = Self.greatestCommonDivisor(numerator, denominator)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  private init(uncheckedWhole rate: Int) {
    numerator = rate
    denominator = 1
  }

  /// Thirty frames per second, the rate of FramePack.
  public static let thirty = FrameRate(uncheckedWhole: 30)

  /// Reads a whole rate such as `30` or a fraction such as `24000/1001`; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let numerator = Int(parts[0]) else { return nil }
    guard let denominator = parts.count == 2 ? Int(parts[1]) : 1 else { return nil }
    self.init(numerator, denominator)
  }

  /// Whether films and clips may have this rate: 1 to 240 frames per second, in terms of at most a
  /// million and a hundred thousand, so that exact products of times and rates never overflow.
  public var isPossible: Bool {
    numerator <= 1_000_000 && denominator <= 100_000
      && numerator >= denominator && numerator / denominator <= 240
  }

  /// How long `frames` frames last.
  public func duration(of frames: Int) -> Duration {
    // Whole seconds first, so that long films do not overflow; the rest is cut to a nanosecond.
    let ticks = Int128(frames) * Int128(denominator)
    let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: Int128(numerator))
    let nanoseconds = rest * 1_000_000_000 / Int128(numerator)
    return .seconds(Int64(clamping: seconds)) + .nanoseconds(Int64(nanoseconds))
  }

  private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : greatestCommonDivisor(right, left % right)
  }
}

extension FrameRate: CustomStringConvertible, Codable {
  /// `30` for whole rates, `24000/1001` otherwise.
  public var description: String {
    denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let rate = FrameRate(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a frame rate: \(text)"))
    }
    self = rate
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
