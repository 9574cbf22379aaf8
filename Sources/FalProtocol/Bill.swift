public import KeyreelCore

/// What a clip costs by its model's price formula: units, price of one, total.
public struct Bill: Hashable, Sendable {
  /// Units billed, with all multipliers in them: seconds, or clips.
  public var units: Money
  /// What one unit costs.
  public var unitPrice: Money
  /// What all cost; rounded up to a billionth as the plan does, so it may differ from the product
  /// by some billionths.
  public var total: Money
  /// What is counted.
  public var unit: ModelProfile.PriceRule.Unit
  /// ISO 4217 code.
  public var currency: String

  /// The bill for a clip of `frames` frames, by default as many as `request` asks for; `nil` when
  /// the request says neither frames nor rate.
  ///
  /// A model without a known price costs nothing here.
  public init?(_ request: ModelRequest, frames: Int? = nil, profile: ModelProfile) {
    let rule = profile.price
    var asked: Int?
    if case .integer(let count)? = request[profile.length.parameter] { asked = count }
    guard let frames = frames ?? asked, frames >= 0 else { return nil }
    var lengths: (frames: Int64, rate: Int64) = (1, 1)
    if rule.unit == .second {
      guard let rate = profile.frameRate(for: request),
        case let (ticks, isTooLong) = frames.multipliedReportingOverflow(by: rate.denominator),
        !isTooLong
      else { return nil }
      lengths = (Int64(ticks), Int64(rate.numerator))
    }
    unit = rule.unit
    currency = rule.currency
    unitPrice = rule.amount ?? .zero
    units = Money(nanos: 1_000_000_000).scaled(by: lengths.frames, over: lengths.rate)
    total = unitPrice.scaled(by: lengths.frames, over: lengths.rate)
    for multiplier in rule.multipliers
    where frames > multiplier.aboveFrames ?? 0
      && multiplier.when.allSatisfy({ request[$0.key] == $0.value })
    {
      units = units.scaled(by: multiplier.factor.nanos, over: 1_000_000_000)
      total = total.scaled(by: multiplier.factor.nanos, over: 1_000_000_000)
    }
  }

  /// The units as `X-Fal-Billable-Units` has them: `8`, `12.5`.
  public var unitsText: String { Decimals.shortest(units) }
}

extension ModelProfile.PriceRule.Unit {
  /// The word of the pricing routes: `second` or `video`.
  public var wireName: String {
    switch self {
    case .second: "second"
    case .clip: "video"
    }
  }
}
