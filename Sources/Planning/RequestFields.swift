import KeyreelCore

/// The fields of a request as far as they could be filled in.
struct RequestFields {
  var fields: [ModelRequest.Field] = []
  var length = 0
  var seed: Int?
  var authoredSeed: Int?
  var isComplete = true
}

extension RequestResolver {
  /// Every parameter of the model in the profile's order: as written, or by default.
  func fields(_ model: Model, _ findings: inout Findings) -> RequestFields {
    var result = RequestFields()
    result.fields.reserveCapacity(model.profile.parameters.count)
    for (index, parameter) in model.profile.parameters.enumerated() {
      switch index {
      case model.lengthIndex:
        result.length = result.fields.count
        result.fields.append(ModelRequest.Field(parameter.name, .integer(0)))
      case model.seedIndex:
        result.seed = result.fields.count
        let written = scopes.parameter(parameter.name)?.value
        if let written, let value = ValueCheck(parameter: parameter).checked(written, &findings),
          case .integer(let seed) = value
        {
          result.authoredSeed = seed
        } else if written != nil {
          result.isComplete = false
        }
        result.fields.append(ModelRequest.Field(parameter.name, .integer(0)))
      default:
        append(
          index == model.promptIndex
            ? prompt(parameter, model, &findings) : value(parameter, model, &findings),
          parameter, to: &result)
      }
    }
    return result
  }

  private enum Outcome {
    case value(ParameterValue)
    case absent
    case wrong
  }

  private func append(
    _ outcome: Outcome, _ parameter: ModelProfile.Parameter, to result: inout RequestFields
  ) {
    switch outcome {
    case .value(let value): result.fields.append(ModelRequest.Field(parameter.name, value))
    case .absent: break
    case .wrong: result.isComplete = false
    }
  }

  private func value(
    _ parameter: ModelProfile.Parameter, _ model: Model, _ findings: inout Findings
  ) -> Outcome {
    guard let written = scopes.parameter(parameter.name)?.value else {
      if let value = parameter.defaultValue { return .value(value) }
      guard parameter.isRequired == true, generates else { return .absent }
      findings.error(
        "KR0307", "\(model.id) needs a `\(parameter.name)`, and there is none", at: place,
        suggestion: "add it to this sequence or to `defaults`")
      return .wrong
    }
    guard let value = ValueCheck(parameter: parameter).checked(written, &findings) else {
      return .wrong
    }
    if case .string(let text) = value, let limit = parameter.maximumLength,
      text.unicodeScalars.count > limit
    {
      findings.error(
        "KR0305",
        "`\(parameter.name)` has \(text.unicodeScalars.count) characters; \(model.id) takes \(limit)",
        at: written.span)
      return .wrong
    }
    return .value(value)
  }

  private func prompt(
    _ parameter: ModelProfile.Parameter, _ model: Model, _ findings: inout Findings
  ) -> Outcome {
    guard let written = scopes.parameter(parameter.name)?.value else {
      guard parameter.isRequired == true, generates else { return .absent }
      return missingPrompt(at: place, &findings)
    }
    guard let value = ValueCheck(parameter: parameter).checked(written, &findings),
      case .string(let text) = value
    else { return .wrong }
    if parameter.isRequired == true, text.allSatisfy(\.isWhitespace) {
      return missingPrompt(at: written.span, &findings)
    }
    let styles = scopes.styles
    let whole = ([text] + styles.map(\.value)).joined(separator: ", ")
    if let limit = parameter.maximumLength, whole.utf8.count > limit,
      whole.unicodeScalars.count > limit
    {
      tooLong(whole.unicodeScalars.count, limit, model, written.span, styles, &findings)
      return .wrong
    }
    return .value(.string(whole))
  }

  private func missingPrompt(at span: SourceSpan, _ findings: inout Findings) -> Outcome {
    findings.error(
      "KR0306", "there is no prompt", at: span,
      suggestion: "add `prompt:` at the top of the file, to this sequence, or to `next`")
    return .wrong
  }

  private func tooLong(
    _ count: Int, _ limit: Int, _ model: Model, _ span: SourceSpan, _ styles: [Written<String>],
    _ findings: inout Findings
  ) {
    findings.error(
      "KR0305",
      "the prompt has \(count) characters\(styles.isEmpty ? "" : " with its styles"); "
        + "\(model.id) takes \(limit)",
      at: span, suggestion: "shorten it by \(count - limit)",
      notes: styles.map {
        Diagnostic.Note(
          "this style adds \($0.value.unicodeScalars.count + 2) characters", at: $0.span)
      })
  }
}
