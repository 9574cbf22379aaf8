import KeyreelCore

/// Checks and converts the value of one parameter as Pydantic does in its lax mode.
struct ParameterCheck {
  let parameter: ModelProfile.Parameter

  init(_ parameter: ModelProfile.Parameter) { self.parameter = parameter }

  /// The value in the parameter's own type; `nil` for a `null` that means "not given".
  func value(_ input: JSONValue) throws(FieldMistake) -> ParameterValue? {
    let mayBeNull = parameter.isRequired != true && parameter.defaultValue == nil
    if input.isNull, mayBeNull { return nil }
    if let options = parameter.options { return try option(input, of: options) }
    switch parameter.kind {
    case .string: return try string(input)
    case .boolean: return try boolean(input)
    case .integer: return try integer(input)
    case .number: return try number(input)
    }
  }

  private func string(_ input: JSONValue) throws(FieldMistake) -> ParameterValue {
    guard case .string(let text) = input else {
      throw mistake("string_type", "Input should be a valid string", input)
    }
    if let longest = parameter.maximumLength, text.unicodeScalars.count > longest {
      throw mistake(
        "string_too_long",
        "String should have at most \(longest) character\(longest == 1 ? "" : "s")", input,
        ["max_length": .integer(longest)])
    }
    return .string(text)
  }

  private func boolean(_ input: JSONValue) throws(FieldMistake) -> ParameterValue {
    switch LaxValue.boolean(input) {
    case .value(let flag): return .boolean(flag)
    case .unreadable:
      throw mistake(
        "bool_parsing", "Input should be a valid boolean, unable to interpret input", input)
    default: throw mistake("bool_type", "Input should be a valid boolean", input)
    }
  }

  private func integer(_ input: JSONValue) throws(FieldMistake) -> ParameterValue {
    switch LaxValue.integer(input) {
    case .value(let integer):
      try checkRange(Double(integer), isWhole: true, input)
      return .integer(integer)
    case .beyond(let isNegative):
      try checkRange(isNegative ? -.infinity : .infinity, isWhole: true, input)
      let limit = isNegative ? Int.min : Int.max
      throw rangeMistake(isLower: isNegative, String(limit), input)
    case .unreadable:
      throw mistake(
        "int_parsing", "Input should be a valid integer, unable to parse string as an integer",
        input)
    case .fractional:
      throw mistake(
        "int_from_float", "Input should be a valid integer, got a number with a fractional part",
        input)
    case .notFinite: throw mistake("finite_number", "Input should be a finite number", input)
    case .otherType: throw mistake("int_type", "Input should be a valid integer", input)
    }
  }

  private func number(_ input: JSONValue) throws(FieldMistake) -> ParameterValue {
    switch LaxValue.number(input) {
    case .value(let number):
      try checkRange(number, isWhole: false, input)
      return Int(exactly: number).map(ParameterValue.integer) ?? .number(number)
    case .unreadable:
      throw mistake(
        "float_parsing", "Input should be a valid number, unable to parse string as a number",
        input)
    case .notFinite: throw mistake("finite_number", "Input should be a finite number", input)
    default: throw mistake("float_type", "Input should be a valid number", input)
    }
  }

  /// The option that is equal to the input; nothing is converted here.
  private func option(
    _ input: JSONValue, of options: [ParameterValue]
  ) throws(FieldMistake) -> ParameterValue {
    for option in options where LaxValue.isEqual(input, to: option) { return option }
    let words = options.map { option in
      if case .string(let text) = option { "'\(text)'" } else { option.description }
    }
    let list =
      words.count < 2
      ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    throw mistake(
      "one_of", "Input should be \(list)", input, ["expected": .array(options.map(JSONValue.init))])
  }

  private func checkRange(
    _ number: Double, isWhole: Bool, _ input: JSONValue
  ) throws(FieldMistake) {
    if let minimum = parameter.minimum, number < minimum {
      throw rangeMistake(isLower: true, Self.text(minimum, isWhole: isWhole), input)
    }
    if let maximum = parameter.maximum, number > maximum {
      throw rangeMistake(isLower: false, Self.text(maximum, isWhole: isWhole), input)
    }
  }

  /// Limits of numbers are written with a point in the figures and without one in the words.
  private func rangeMistake(isLower: Bool, _ limit: String, _ input: JSONValue) -> FieldMistake {
    let words = limit.hasSuffix(".0") ? String(limit.dropLast(2)) : limit
    return isLower
      ? mistake(
        "greater_than_equal", "Input should be greater than or equal to \(words)", input,
        ["ge": .number(limit)])
      : mistake(
        "less_than_equal", "Input should be less than or equal to \(words)", input,
        ["le": .number(limit)])
  }

  private static func text(_ limit: Double, isWhole: Bool) -> String {
    if isWhole, let whole = Int(exactly: limit) { return String(whole) }
    return limit.description
  }

  private func mistake(
    _ type: String, _ message: String, _ input: JSONValue, _ context: JSONValue? = nil
  ) -> FieldMistake {
    FieldMistake(
      ErrorDetail(
        type, message, field: parameter.name, context: context, input: Echo.of(input)))
  }
}
