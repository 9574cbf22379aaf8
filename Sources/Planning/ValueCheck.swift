import KeyreelCore

/// Checks one value against one parameter of a profile.
struct ValueCheck {
  let parameter: ModelProfile.Parameter

  /// The value as it is sent; `nil`, with an error told, when the parameter cannot have it.
  func checked(
    _ written: Written<ParameterValue>, _ findings: inout Findings
  ) -> ParameterValue? {
    guard let value = converted(written.value) else {
      findings.error(
        "KR0302", "`\(parameter.name)` must be \(wanted), not `\(written.value)`",
        at: written.span, suggestion: hint(for: written.value))
      return nil
    }
    return isInRange(value, written.span, &findings)
      && isAnOption(value, written.span, &findings) ? value : nil
  }

  /// Scalars become the text that was written where text is wanted; a whole number is written whole.
  private func converted(_ value: ParameterValue) -> ParameterValue? {
    switch (parameter.kind, value) {
    case (.string, .string), (.boolean, .boolean), (.integer, .integer), (.number, .integer):
      return value
    case (.string, _): return .string(value.description)
    case (.integer, .number(let number)): return Int(exactly: number).map { .integer($0) }
    case (.number, .number(let number)):
      guard number.isFinite else { return nil }
      return Int(exactly: number).map { .integer($0) } ?? value
    default: return nil
    }
  }

  private var wanted: String {
    switch parameter.kind {
    case .string: "a text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "`true` or `false`"
    }
  }

  private func hint(for value: ParameterValue) -> String? {
    guard case .string(let text) = value else { return nil }
    return switch parameter.kind {
    case .integer where Int(text) != nil, .number where Double(text) != nil: "leave out the quotes"
    case .boolean where ["yes", "on"].contains(text.lowercased()): "write `true`"
    case .boolean where ["no", "off"].contains(text.lowercased()): "write `false`"
    default: nil
    }
  }

  private func isInRange(
    _ value: ParameterValue, _ span: SourceSpan, _ findings: inout Findings
  ) -> Bool {
    let number: Double
    switch value {
    case .integer(let integer): number = Double(integer)
    case .number(let double): number = double
    case .string, .boolean: return true
    }
    if number >= parameter.minimum ?? -.infinity, number <= parameter.maximum ?? .infinity {
      return true
    }
    findings.error(
      "KR0303", "`\(parameter.name)` must be \(parameter.rangeText), not \(value)", at: span)
    return false
  }

  private func isAnOption(
    _ value: ParameterValue, _ span: SourceSpan, _ findings: inout Findings
  ) -> Bool {
    guard let options = parameter.options, !options.contains(value) else { return true }
    let names = options.map(\.description)
    findings.error(
      "KR0304",
      "`\(parameter.name)` must be \(names.map { "`\($0)`" }.joined(separator: " or ")), not `\(value)`",
      at: span, suggestion: Spelling.suggestion(for: value.description, among: names))
    return false
  }
}

extension ModelProfile.Parameter {
  /// `from 0 to 7`, `at least 1`, `at most 5`.
  var rangeText: String {
    func text(_ number: Double) -> String { ParameterValue.number(number).description }
    switch (minimum, maximum) {
    case (let low?, let high?): return "from \(text(low)) to \(text(high))"
    case (let low?, nil): return "at least \(text(low))"
    case (nil, let high?): return "at most \(text(high))"
    case (nil, nil): return "any number"
    }
  }
}
