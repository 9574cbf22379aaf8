public import KeyreelCore

/// The inputs of an endpoint, read from its OpenAPI document.
public struct OpenAPIInput: Sendable {
  /// The inputs, in the document's own order.
  public let inputs: [PublishedModel.Input]

  /// Reads `document`, which is that of `endpoint`; throws where it says nothing of its input.
  public init(decoding document: JSONValue, endpoint: String) throws(WireError) {
    let media = document["paths"]?["/" + endpoint]?["post"]?["requestBody"]?["content"]
    guard let schema = media?["application/json"]?["schema"] else {
      throw WireError("the OpenAPI document has no `post` of /\(endpoint.prefix(200))")
    }
    let reader = SchemaReader(document: document)
    let input = reader.resolved(schema)
    guard let properties = input["properties"]?.objectValue?.members else {
      throw WireError("the OpenAPI document does not say what \(endpoint.prefix(200)) takes")
    }
    let order = (input["x-fal-order-properties"]?.arrayValue ?? []).compactMap(\.stringValue)
    let required = Set((input["required"]?.arrayValue ?? []).compactMap(\.stringValue))
    let places = Dictionary(
      order.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    inputs = properties.enumerated().map { index, member in
      (
        places[member.key] ?? order.count + index,
        reader.input(member.key, member.value, isRequired: required.contains(member.key))
      )
    }
    .sorted { $0.0 < $1.0 }.map(\.1)
  }
}

/// Follows references and the wrappers that generators put around a plain type.
private struct SchemaReader {
  let document: JSONValue

  /// References of references end somewhere; a document that never does is read no further.
  private static let deepest = 8

  /// The schema that `schema` stands for: `$ref`, an `allOf` of one, an `anyOf` with `null`.
  func resolved(_ schema: JSONValue, depth: Int = 0) -> JSONValue {
    guard depth < Self.deepest else { return schema }
    if let name = schema["$ref"]?.stringValue?.split(separator: "/").last,
      let target = document["components"]?["schemas"]?[String(name)]
    {
      return resolved(target, depth: depth + 1)
    }
    for key in ["allOf", "anyOf", "oneOf"] {
      let parts = (schema[key]?.arrayValue ?? []).filter { $0["type"]?.stringValue != "null" }
      if parts.count == 1 { return resolved(parts[0], depth: depth + 1) }
    }
    return schema
  }

  func input(_ name: String, _ schema: JSONValue, isRequired: Bool) -> PublishedModel.Input {
    let type = resolved(schema)
    // What stands beside a reference is about this input, and counts before what it refers to.
    func said(_ key: String) -> JSONValue? { schema[key] ?? type[key] }
    let kind = type["type"]?.stringValue.flatMap(ModelProfile.Parameter.Kind.init)
    var input = PublishedModel.Input(name: name, kind: kind, isRequired: isRequired)
    input.defaultValue = kind.flatMap { said("default")?.parameter(of: $0) }
    input.minimum = said("minimum")?.doubleValue
    input.maximum = said("maximum")?.doubleValue
    input.maximumLength = said("maxLength")?.intValue
    if let kind, let options = said("enum")?.arrayValue {
      input.options = options.filter { $0 != .null }.compactMap { $0.parameter(of: kind) }
    }
    input.help = said("description")?.stringValue
    return input
  }
}

extension JSONValue {
  /// The value as a parameter of `kind`; `nil` where it is another.
  fileprivate func parameter(of kind: ModelProfile.Parameter.Kind) -> ParameterValue? {
    switch kind {
    case .string: stringValue.map(ParameterValue.string)
    case .integer: intValue.map(ParameterValue.integer)
    case .number: intValue.map(ParameterValue.integer) ?? doubleValue.map(ParameterValue.number)
    case .boolean: boolValue.map(ParameterValue.boolean)
    }
  }
}
