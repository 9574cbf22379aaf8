import KeyreelCore

/// What must hold in a profile beyond its shape, so that the planner can rely on it.
enum ProfileRules {
  /// The first thing that is wrong with `profile`, as a phrase that names the field.
  static func complaint(about profile: ModelProfile) -> String? {
    identityComplaint(profile) ?? profile.parameters.lazy.compactMap(complaint).first
      ?? duplicateComplaint(profile) ?? lengthComplaint(profile) ?? canvasComplaint(profile)
      ?? priceComplaint(profile)
  }

  private static func identityComplaint(_ profile: ModelProfile) -> String? {
    let parts = profile.id.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count < 2 || parts.contains(where: \.isEmpty) {
      return "`id` must be an endpoint such as `owner/model`, not `\(profile.id)`"
    }
    if profile.pictures.first.isEmpty || profile.pictures.last.isEmpty {
      return "`pictures` must name the fields of the first and the last picture"
    }
    return profile.pictures.first == profile.pictures.last
      ? "`pictures.first` and `pictures.last` are the same field" : nil
  }

  private static func complaint(about parameter: ModelProfile.Parameter) -> String? {
    let place = "`parameters.\(parameter.name)"
    if parameter.name.isEmpty { return "a parameter has no `name`" }
    if let low = parameter.minimum, let high = parameter.maximum, low > high {
      return "\(place).minimum` is larger than its maximum"
    }
    if let length = parameter.maximumLength, length < 1 {
      return "\(place).max_length` must be at least 1"
    }
    if let value = parameter.defaultValue, let problem = problem(with: value, for: parameter) {
      return "\(place).default` \(problem)"
    }
    for option in parameter.options ?? [] where !fits(option, parameter.kind) {
      return "\(place).options` has `\(option)`, which is no \(parameter.kind.rawValue)"
    }
    return nil
  }

  private static func problem(
    with value: ParameterValue, for parameter: ModelProfile.Parameter
  ) -> String? {
    guard fits(value, parameter.kind) else { return "is no \(parameter.kind.rawValue)" }
    if let options = parameter.options, !options.contains(value) { return "is none of its options" }
    guard let number = number(value) else { return nil }
    if let minimum = parameter.minimum, number < minimum { return "is below its minimum" }
    if let maximum = parameter.maximum, number > maximum { return "is above its maximum" }
    return nil
  }

  private static func fits(_ value: ParameterValue, _ kind: ModelProfile.Parameter.Kind) -> Bool {
    switch (kind, value) {
    case (.string, .string), (.integer, .integer), (.number, .integer), (.number, .number),
      (.boolean, .boolean):
      true
    default: false
    }
  }

  private static func number(_ value: ParameterValue) -> Double? {
    switch value {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    case .string, .boolean: nil
    }
  }

  private static func duplicateComplaint(_ profile: ModelProfile) -> String? {
    var seen: Set<String> = [profile.pictures.first, profile.pictures.last]
    return profile.parameters.first { !seen.insert($0.name).inserted }
      .map { "`parameters` has `\($0.name)` twice" }
  }

  /// The frames a clip may have: a start and an end at least, four days of video at most.
  private static let frames = 2...10_000_000

  private static func lengthComplaint(_ profile: ModelProfile) -> String? {
    let length = profile.length
    guard let parameter = profile.parameter(length.parameter), parameter.kind == .integer,
      case .integer(let count)? = parameter.defaultValue
    else { return "`length.parameter` must name an integer parameter with a default" }
    let limits: [(String, Double?)] = [
      ("default", Double(count)), ("minimum", parameter.minimum), ("maximum", parameter.maximum),
    ]
    for case (let name, let number?) in limits
    where number < Double(frames.lowerBound) || number > Double(frames.upperBound) {
      return "`parameters.\(parameter.name).\(name)` must be from \(frames.lowerBound) to "
        + "\(frames.upperBound) frames"
    }
    return rateComplaint(profile) ?? length.grid.flatMap(complaint)
  }

  private static func rateComplaint(_ profile: ModelProfile) -> String? {
    let length = profile.length
    if let rate = length.frameRate, !rate.isPossible {
      return "`length.frame_rate` must be from 1 to 240, such as 30 or 24000/1001, not \(rate)"
    }
    guard let name = length.frameRateParameter else {
      return length.frameRate == nil
        ? "`length` needs `frame_rate` or `frame_rate_parameter`" : nil
    }
    guard name != length.parameter, let rate = profile.parameter(name), rate.kind == .integer,
      case .integer(let count)? = rate.defaultValue, (1...240).contains(count),
      (rate.minimum ?? 0) >= 1
    else {
      return "`length.frame_rate_parameter` must name another integer parameter with a default "
        + "from 1 to 240 and a minimum of at least 1"
    }
    return nil
  }

  private static func complaint(about grid: ModelProfile.LengthRule.Grid) -> String? {
    for (name, number, low) in [
      ("step", grid.step, 1), ("section", grid.section, 1), ("offset", grid.offset, 0),
    ] where !(low...10_000).contains(number) {
      return "`length.grid.\(name)` must be from \(low) to 10000"
    }
    return nil
  }

  private static func canvasComplaint(_ profile: ModelProfile) -> String? {
    if profile.canvases.isEmpty { return "`canvases` is empty" }
    for (index, canvas) in profile.canvases.enumerated() {
      guard (16...16384).contains(canvas.width), (16...16384).contains(canvas.height) else {
        return "`canvases[\(index)]` must have sides of 16 to 16384 pixels"
      }
      if let name = canvas.when.keys.sorted().first(where: { profile.parameter($0) == nil }) {
        return "`canvases[\(index)].when` speaks of `\(name)`, which is no parameter"
      }
    }
    return nil
  }

  private static func priceComplaint(_ profile: ModelProfile) -> String? {
    let price = profile.price
    let largest = Money(nanos: 1_000_000_000_000)
    if let amount = price.amount, amount < .zero || amount > largest {
      return "`price.amount` must be between 0 and 1000"
    }
    if price.currency.utf8.count != 3 || price.currency.uppercased() != price.currency {
      return "`price.currency` must be a code such as `USD`"
    }
    for (index, multiplier) in price.multipliers.enumerated() {
      guard multiplier.factor >= .zero, multiplier.factor <= largest else {
        return "`price.multipliers[\(index)].factor` must be between 0 and 1000"
      }
      if let frames = multiplier.aboveFrames, frames < 0 {
        return "`price.multipliers[\(index)].above_frames` must be at least 0"
      }
      if let name = multiplier.when.keys.sorted().first(where: { profile.parameter($0) == nil }) {
        return "`price.multipliers[\(index)].when` speaks of `\(name)`, which is no parameter"
      }
    }
    if product(of: price.multipliers) > Money(nanos: 1_000_000_000_000_000) {
      return "`price.multipliers` together must not come to more than 1000000"
    }
    let day = price.asOf.split(separator: "-", omittingEmptySubsequences: false)
    let isDay = day.map(\.count) == [4, 2, 2] && day.allSatisfy { Int($0) != nil }
    return isDay ? nil : "`price.as_of` must be a day such as `2026-11-22`"
  }

  /// The most that the factors may come to, when all those above 1 hold.
  private static func product(of multipliers: [ModelProfile.PriceRule.Multiplier]) -> Money {
    let one = Money(nanos: 1_000_000_000)
    return multipliers.reduce(one) { product, multiplier in
      product.scaled(by: max(one, multiplier.factor).nanos, over: one.nanos)
    }
  }
}
