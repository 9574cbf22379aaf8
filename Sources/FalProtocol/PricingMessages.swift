public import KeyreelCore

/// The price of an endpoint's unit, an entry of `GET /v1/models/pricing`.
public struct EndpointPrice: Hashable, Sendable {
  /// The endpoint's id.
  public var endpoint: String
  /// What one unit costs, without any multiplier.
  public var unitPrice: Money
  /// What is counted: `second`, `video`.
  public var unit: String
  /// ISO 4217 code.
  public var currency: String

  /// The price of `endpoint`.
  public init(endpoint: String, unitPrice: Money, unit: String, currency: String) {
    self.endpoint = endpoint
    self.unitPrice = unitPrice
    self.unit = unit
    self.currency = currency
  }

  /// The price of a profile's endpoint; `nil` where it is not known.
  public init?(_ profile: ModelProfile) {
    guard let amount = profile.price.amount else { return nil }
    self.init(
      endpoint: profile.id, unitPrice: amount, unit: profile.price.unit.wireName,
      currency: profile.price.currency)
  }

  /// The entry as JSON.
  public var json: JSONValue {
    [
      "endpoint_id": .string(endpoint), "unit_price": JSONValue(unitPrice), "unit": .string(unit),
      "currency": .string(currency),
    ]
  }

  /// Reads an entry; the price may be a number or a text.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let endpoint = value["endpoint_id"]?.stringValue,
      let price = value["unit_price"].flatMap(Decimals.money), price >= .zero
    else { throw WireError("a price has no `endpoint_id` or no usable `unit_price`") }
    self.init(
      endpoint: endpoint, unitPrice: price, unit: value["unit"]?.stringValue ?? "",
      currency: value["currency"]?.stringValue ?? "USD")
  }
}

/// The body of `POST /v1/models/pricing/estimate`.
public enum EstimateOrder: Hashable, Sendable {
  /// So many calls of each endpoint, at what calls have cost so far.
  case calls([String: Int])
  /// So many units of each endpoint.
  case units([String: Money])

  /// The word of the form.
  public var typeName: String {
    switch self {
    case .calls: "historical_api_price"
    case .units: "unit_price"
    }
  }

  /// The endpoints, sorted.
  public var endpoints: [String] {
    switch self {
    case .calls(let counts): counts.keys.sorted()
    case .units(let units): units.keys.sorted()
    }
  }

  /// The body as JSON.
  public var json: JSONValue {
    let members: [(String, JSONValue)] =
      switch self {
      case .calls(let counts):
        endpoints.map { ($0, ["call_quantity": .integer(counts[$0] ?? 0)]) }
      case .units(let units):
        endpoints.map { ($0, ["unit_quantity": JSONValue(units[$0] ?? .zero)]) }
      }
    return ["estimate_type": .string(typeName), "endpoints": .object(JSONObject(members))]
  }

  /// Reads a body of 1 to 50 endpoints.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let endpoints = value["endpoints"]?.objectValue?.members,
      (1...50).contains(endpoints.count)
    else { throw WireError("an estimate needs `endpoints`, 1 to 50 of them") }
    switch value["estimate_type"]?.stringValue {
    case "historical_api_price":
      self = .calls(
        try Self.quantities(endpoints, "call_quantity") { value in
          value.intValue.flatMap { (1...1_000_000_000).contains($0) ? $0 : nil }
        })
    case "unit_price":
      self = .units(
        try Self.quantities(endpoints, "unit_quantity") { value in
          Decimals.money(value).flatMap { $0 > .zero ? $0 : nil }
        })
    default:
      throw WireError("`estimate_type` is `historical_api_price` or `unit_price`")
    }
  }

  private static func quantities<Quantity>(
    _ endpoints: [JSONObject.Member], _ name: String, _ read: (JSONValue) -> Quantity?
  ) throws(WireError) -> [String: Quantity] {
    var quantities: [String: Quantity] = [:]
    for endpoint in endpoints {
      guard let quantity = endpoint.value[name].flatMap(read) else {
        throw WireError("`\(endpoint.key.prefix(100))` needs a positive `\(name)`")
      }
      quantities[endpoint.key] = quantity
    }
    return quantities
  }
}

/// The answer to `POST /v1/models/pricing/estimate`.
public struct EstimateAnswer: Hashable, Sendable {
  /// The word of the form that was asked for.
  public var typeName: String
  /// What all would cost.
  public var total: Money
  /// ISO 4217 code.
  public var currency: String

  /// All would cost `total`.
  public init(typeName: String, total: Money, currency: String) {
    self.typeName = typeName
    self.total = total
    self.currency = currency
  }

  /// The answer as JSON.
  public var json: JSONValue {
    [
      "estimate_type": .string(typeName), "total_cost": JSONValue(total),
      "currency": .string(currency),
    ]
  }

  /// Reads an answer.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let total = value["total_cost"].flatMap(Decimals.money) else {
      throw WireError("an estimate has no usable `total_cost`")
    }
    self.init(
      typeName: value["estimate_type"]?.stringValue ?? "", total: total,
      currency: value["currency"]?.stringValue ?? "USD")
  }
}
