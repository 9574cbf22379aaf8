import KeyreelCore

/// What a clip costs by its model's price formula.
enum Pricing {
  /// The list price of a clip of `frames` frames; nothing where the profile knows no price.
  ///
  /// Amounts are rounded up to a billionth after the units and after each multiplier.
  static func price(
    of request: ModelRequest, frames: Int, rate: FrameRate, model: Model
  ) -> PriceRange {
    let worst = model.profile.length.grid?.worst(asked: frames) ?? frames
    return PriceRange(
      expected: amount(request, frames, rate, model.profile.price),
      worst: amount(request, max(frames, worst), rate, model.profile.price))
  }

  private static func amount(
    _ request: ModelRequest, _ frames: Int, _ rate: FrameRate, _ rule: ModelProfile.PriceRule
  ) -> Money {
    guard var money = rule.amount else { return .zero }
    if rule.unit == .second {
      money = money.scaled(by: Int64(frames * rate.denominator), over: Int64(rate.numerator))
    }
    for multiplier in rule.multipliers
    where frames > multiplier.aboveFrames ?? 0
      && multiplier.when.allSatisfy({ request[$0.key] == $0.value })
    {
      money = money.scaled(by: multiplier.factor.nanos, over: 1_000_000_000)
    }
    return money
  }
}
