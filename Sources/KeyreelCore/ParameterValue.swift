/// A value of a model's parameter: text, a whole number, a number, or yes/no.
public enum ParameterValue: Hashable, Sendable {
  /// Text.
  case string(String)
  /// A whole number.
  case integer(Int)
  /// A finite number.
  case number(Double)
  /// Yes or no.
  case boolean(Bool)

  /// Writes the value as JSON.
  public func write(to text: inout JSONText) {
    switch self {
    case .string(let string): text.value(string)
    case .integer(let integer): text.value(integer)
    case .number(let number): text.value(number)
    case .boolean(let flag): text.value(flag)
    }
  }
}

extension ParameterValue: CustomStringConvertible, Codable {
  /// The value as it would stand in JSON, text without quotes.
  public var description: String {
    switch self {
    case .string(let string): string
    case .integer(let integer): String(integer)
    case .number(let number): Int(exactly: number).map(String.init) ?? number.description
    case .boolean(let flag): String(flag)
    }
  }

  /// Reads a JSON scalar.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .boolean(flag)
    } else if let integer = try? container.decode(Int.self) {
      self = .integer(integer)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .string(try container.decode(String.self))
    }
  }

  /// Writes a JSON scalar.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let string): try container.encode(string)
    case .integer(let integer): try container.encode(integer)
    case .number(let number): try container.encode(number)
    case .boolean(let flag): try container.encode(flag)
    }
  }
}

/// The input of a model, fully defaulted, without its pictures: fields in the profile's order.
public struct ModelRequest: Hashable, Sendable {
  /// One named input.
  public struct Field: Hashable, Sendable {
    /// The model's own name of the parameter.
    public var name: String
    /// What is sent.
    public var value: ParameterValue

    /// `name` set to `value`.
    public init(_ name: String, _ value: ParameterValue) {
      self.name = name
      self.value = value
    }
  }

  /// All inputs, in the order of the model profile.
  public var fields: [Field]

  /// A request of these fields.
  public init(_ fields: [Field]) { self.fields = fields }

  /// The value of the field `name`; setting it replaces or appends, setting `nil` removes.
  public subscript(name: String) -> ParameterValue? {
    get { fields.first { $0.name == name }?.value }
    set {
      let index = fields.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): fields[index].value = value
      case (let index?, nil): fields.remove(at: index)
      case (nil, let value?): fields.append(Field(name, value))
      case (nil, nil): break
      }
    }
  }

  /// Writes the fields as one JSON object.
  public func write(to text: inout JSONText) {
    text.object { text in
      for field in fields {
        text.key(field.name)
        field.value.write(to: &text)
      }
    }
  }
}

extension ModelRequest: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads a JSON object of scalars; fields come back sorted by name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    fields = try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
      Field($0.stringValue, try container.decode(ParameterValue.self, forKey: $0))
    }
  }

  /// Writes a JSON object of scalars.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for field in fields {
      try container.encode(field.value, forKey: Key(stringValue: field.name))
    }
  }
}
