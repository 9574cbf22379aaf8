/// An exact amount of money in billionths of a currency unit; never a floating-point number.
public struct Money: Hashable, Sendable, Comparable {
  /// Billionths of the unit: 1 USD is 1 000 000 000.
  public let nanos: Int64

  /// An amount of `nanos` billionths.
  public init(nanos: Int64) { self.nanos = nanos }

  /// No money at all.
  public static let zero = Money(nanos: 0)

  /// Reads a plain decimal such as `5`, `0.0333` or `-1.25`, at most nine places after the point.
  public init?(decimal text: some StringProtocol) {
    let negative = text.hasPrefix("-")
    let parts = text.dropFirst(negative ? 1 : 0).split(
      separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = Self.digits(parts[0]) else { return nil }
    var fraction: Int64 = 0
    if parts.count == 2 {
      guard parts[1].count <= 9, let value = Self.digits(parts[1]) else { return nil }
      fraction = (0..<(9 - parts[1].count)).reduce(value) { value, _ in value * 10 }
    }
    let (scaled, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow, scaled <= Int64.max - fraction else { return nil }
    nanos = negative ? -(scaled + fraction) : scaled + fraction
  }

  private static func digits(_ text: some StringProtocol) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int64(text)
  }

  /// The exact decimal, with at least two places after the point: `0.2664`, `5.00`.
  public var decimal: String {
    let magnitude = nanos.magnitude
    var fraction = String(magnitude % 1_000_000_000)
    fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
    while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
    return (nanos < 0 ? "-" : "") + "\(magnitude / 1_000_000_000).\(fraction)"
  }

  /// The amount times `numerator / denominator`, rounded up to a whole billionth.
  ///
  /// What is beyond nine billion units stays there: a profile's price may be absurd, but no crash.
  public func scaled(by numerator: Int64, over denominator: Int64) -> Money {
    precondition(denominator > 0 && numerator >= 0 && nanos >= 0, "prices are never negative")
    let product = Int128(nanos) * Int128(numerator)
    let (quotient, remainder) = product.quotientAndRemainder(dividingBy: Int128(denominator))
    return Money(nanos: Int64(clamping: quotient + (remainder > 0 ? 1 : 0)))
  }

  /// The sum of two amounts; at most nine billion units.
  public static func + (left: Money, right: Money) -> Money {
    Money(nanos: Int64(clamping: Int128(left.nanos) + Int128(right.nanos)))
  }

  /// The difference of two amounts; nine billion units at most, either way.
  public static func - (left: Money, right: Money) -> Money {
    Money(nanos: Int64(clamping: Int128(left.nanos) - Int128(right.nanos)))
  }

  /// Adds `right` in place.
  public static func += (left: inout Money, right: Money) { left = left + right }

  /// Orders by amount.
  public static func < (left: Money, right: Money) -> Bool { left.nanos < right.nanos }
}

extension Money: CustomStringConvertible, Codable {
  /// The exact decimal without a currency.
  public var description: String { decimal }

  /// Reads the decimal string.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let money = Money(decimal: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not an amount: \(text)"))
    }
    self = money
  }

  /// Writes the decimal string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(decimal)
  }
}
