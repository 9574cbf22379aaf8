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

  private static func lengthComplaint(_ profile: ModelProfile) -> String? {
    let length = profile.length
    guard let frames = profile.parameter(length.parameter), frames.kind == .integer,
      case .integer(let count)? = frames.defaultValue, count >= 2
    else {
      return "`length.parameter` must name an integer parameter with a default of at least 2"
    }
    if let name = length.frameRateParameter {
      guard let rate = profile.parameter(name), rate.kind == .integer,
        case .integer(let count)? = rate.defaultValue, count >= 1, (rate.minimum ?? 0) >= 1
      else {
        return "`length.frame_rate_parameter` must name an integer parameter with a default "
          + "and a minimum of at least 1"
      }
    } else if length.frameRate == nil {
      return "`length` needs `frame_rate` or `frame_rate_parameter`"
    }
    if let grid = length.grid, grid.step < 1 || grid.section < 1 || grid.offset < 0 {
      return "`length.grid` needs a step and a section of at least 1 and an offset of at least 0"
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
      if let name = multiplier.when.keys.sorted().first(where: { profile.parameter($0) == nil }) {
        return "`price.multipliers[\(index)].when` speaks of `\(name)`, which is no parameter"
      }
    }
    let day = price.asOf.split(separator: "-", omittingEmptySubsequences: false)
    let isDay = day.map(\.count) == [4, 2, 2] && day.allSatisfy { Int($0) != nil }
    return isDay ? nil : "`price.as_of` must be a day such as `2026-11-22`"
  }
}
