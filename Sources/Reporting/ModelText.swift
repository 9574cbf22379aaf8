public import KeyreelCore

/// Model profiles as people read them: a list of all, or one in detail.
public struct ModelText: Sendable {
  private let style: TextStyle

  /// Texts that fit `style`.
  public init(style: TextStyle = .plain) { self.style = style }

  /// One line for each profile, with a line end at the end.
  public func list(_ profiles: [ModelProfile]) -> String {
    var table = Table(columns: [.init("MODEL"), .init("FRAMES"), .init("PRICE"), .init("WHAT")])
    for profile in profiles {
      let frames = profile.parameter(profile.length.parameter)
      table.add([
        profile.id, frames.map(Self.range) ?? "", price(profile.price), profile.title,
      ])
    }
    let lines = table.lines(style: style) { _, column, text in
      column == 0 ? style.paint(text, .bold) : text
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// All that is known of one model, with a line end at the end.
  public func detail(_ profile: ModelProfile) -> String {
    var lines = [style.paint(profile.id, .bold), "  \(profile.title)", ""]
    lines.append("  pictures  \(profile.pictures.first) (first), \(profile.pictures.last) (last)")
    lines.append("  rate      \(rate(profile))")
    if let grid = profile.length.grid {
      lines.append(
        "  delivers  up to \(grid.step)·n + \(grid.offset) frames, n = frames / \(grid.section) "
          + "rounded up; the upper bound of costs counts these")
    }
    lines.append("  price     \(price(profile.price)), as of \(profile.price.asOf)")
    lines += profile.price.multipliers.map { "            × \($0.factor.decimal) \(condition($0))" }
    if let days = profile.retentionDays { lines.append("  keeps     results for \(days) days") }
    lines += ["", "  settings"]
    lines += settings(profile)
    lines += ["", "  picture sizes"]
    lines += profile.canvases.map { canvas in
      "    \(canvas.width)x\(canvas.height)  " + Self.conditions(canvas.when)
    }
    lines += ["", "  source: \(profile.source)", "  prices: \(profile.price.source)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func settings(_ profile: ModelProfile) -> [String] {
    var table = Table(columns: [
      .init("NAME"), .init("TYPE"), .init("DEFAULT"), .init("ALLOWED"), .init("WHAT"),
    ])
    for parameter in profile.parameters {
      table.add([
        parameter.name, parameter.kind.rawValue, Self.defaultText(parameter),
        Self.range(parameter), parameter.help ?? "",
      ])
    }
    var narrow = style
    narrow.width -= 2
    return table.lines(style: narrow) { _, _, text in text }.map { "  " + $0 }
  }

  private func price(_ rule: ModelProfile.PriceRule) -> String {
    guard let amount = rule.amount else { return "unknown" }
    return "\(Amounts.money(amount, rule.currency)) per \(rule.unit.rawValue)"
  }

  private func rate(_ profile: ModelProfile) -> String {
    profile.length.frameRateParameter.map { "set by \($0)" }
      ?? profile.length.frameRate.map { "\($0) frames/s" } ?? "unknown"
  }

  private func condition(_ multiplier: ModelProfile.PriceRule.Multiplier) -> String {
    let frames = multiplier.aboveFrames.map { "above \($0) frames" }
    let values = multiplier.when.isEmpty ? nil : "for " + Self.conditions(multiplier.when)
    return [values, frames].compactMap(\.self).joined(separator: ", ")
  }

  private static func conditions(_ when: [String: ParameterValue]) -> String {
    when.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  private static func defaultText(_ parameter: ModelProfile.Parameter) -> String {
    switch parameter.defaultValue {
    case .string(let text)? where text.isEmpty: "\"\""
    case let value?: value.description
    case nil: parameter.isRequired == true ? "required" : "–"
    }
  }

  private static func range(_ parameter: ModelProfile.Parameter) -> String {
    if let options = parameter.options {
      return options.map(\.description).joined(separator: ", ")
    }
    func text(_ number: Double) -> String { ParameterValue.number(number).description }
    switch (parameter.minimum, parameter.maximum, parameter.maximumLength) {
    case (let low?, let high?, _): return "\(text(low))–\(text(high))"
    case (let low?, nil, _): return "\(text(low)) or more"
    case (nil, let high?, _): return "\(text(high)) or less"
    case (nil, nil, let length?): return "at most \(length) characters"
    case (nil, nil, nil): return ""
    }
  }
}
