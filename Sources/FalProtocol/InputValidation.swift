import KeyreelCore

extension InputForm {
  /// Checks the body of a submission; throws all its mistakes together.
  ///
  /// Types are forgiven as Pydantic forgives them (`"30"` is 30, `1` is true), unknown fields are
  /// ignored, mistakes have Pydantic's types, words and places, but for a value that is none of the
  /// allowed ones: there fal has a type of its own, `one_of`.
  public func validate(
    body: some Sequence<UInt8>, limits: JSONLimits = .standard
  ) throws(InputFailure) -> ValidatedInput {
    let bytes = Array(body)
    guard !bytes.isEmpty else {
      throw InputFailure([
        ErrorDetail("missing", "Field required", at: [.key("body")], input: .null)
      ])
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes, limits: limits)
    } catch {
      throw InputFailure([Self.detail(of: error)])
    }
    return try validate(value)
  }

  /// Checks an input that is read already; throws all its mistakes together.
  public func validate(_ value: JSONValue) throws(InputFailure) -> ValidatedInput {
    guard case .object(let object) = value else {
      throw InputFailure([
        ErrorDetail(
          "model_attributes_type",
          "Input should be a valid dictionary or object to extract fields from",
          at: [.key("body")], input: Echo.of(value))
      ])
    }
    var details: [ErrorDetail] = []
    var values: [String: ParameterValue] = [:]
    for field in fields {
      switch check(field, in: object) {
      case .success(let value): values[field.name] = value
      case .failure(let error): details.append(error.detail)
      }
    }
    guard details.isEmpty, case .string(let first)? = values[profile.pictures.first],
      case .string(let last)? = values[profile.pictures.last]
    else { throw InputFailure(details) }
    let request = profile.parameters.compactMap { parameter in
      values[parameter.name].map { ModelRequest.Field(parameter.name, $0) }
    }
    return ValidatedInput(request: ModelRequest(request), firstPicture: first, lastPicture: last)
  }

  /// The value of `field`; `nil` when it may be, and is, absent.
  private func check(
    _ field: Field, in object: JSONObject
  ) -> Result<ParameterValue?, FieldMistake> {
    guard let value = object[field.name] else {
      if case .parameter(let parameter) = field, !field.isRequired {
        return .success(parameter.defaultValue)
      }
      return .failure(
        FieldMistake(
          ErrorDetail(
            "missing", "Field required", field: field.name, input: Echo.of(.object(object)))))
    }
    return Result { () throws(FieldMistake) in
      switch field {
      case .picture(let name, _): try PictureText.check(value, field: name)
      case .parameter(let parameter): try ParameterCheck(parameter).value(value)
      }
    }
  }

  /// FastAPI's words for a body that is no JSON.
  private static func detail(of error: JSONError) -> ErrorDetail {
    ErrorDetail(
      "json_invalid", "JSON decode error", at: [.key("body"), .index(error.offset)],
      context: ["error": .string(error.reason.rawValue)], input: [:])
  }
}

/// One mistake, as an error.
struct FieldMistake: Error {
  var detail: ErrorDetail
  init(_ detail: ErrorDetail) { self.detail = detail }
}

/// Checks the text of a picture's field.
enum PictureText {
  static func check(_ value: JSONValue, field: String) throws(FieldMistake) -> ParameterValue {
    guard case .string(let text) = value else {
      throw FieldMistake(
        ErrorDetail(
          "string_type", "Input should be a valid string", field: field, input: Echo.of(value)))
    }
    return .string(text)
  }
}
