public import KeyreelCore

/// What one request cost, an entry of `GET /v1/models/billing-events`.
public struct BillingEvent: Hashable, Sendable {
  /// The request's id.
  public var requestID: String
  /// The endpoint's id.
  public var endpoint: String
  /// When it was billed, RFC 3339.
  public var timestamp: String
  /// Units billed, with all multipliers in them.
  public var units: Money
  /// What one unit cost.
  public var unitPrice: Money
  /// What all cost.
  public var cost: Money
  /// ISO 4217 code.
  public var currency: String

  /// The bill of the request `requestID`.
  public init(
    requestID: String, endpoint: String, timestamp: String, units: Money, unitPrice: Money,
    cost: Money, currency: String
  ) {
    self.requestID = requestID
    self.endpoint = endpoint
    self.timestamp = timestamp
    self.units = units
    self.unitPrice = unitPrice
    self.cost = cost
    self.currency = currency
  }

  /// The entry as JSON.
  public var json: JSONValue {
    [
      "request_id": .string(requestID), "endpoint_id": .string(endpoint),
      "timestamp": .string(timestamp), "output_units": JSONValue(units),
      "unit_price": JSONValue(unitPrice), "cost": JSONValue(cost), "currency": .string(currency),
    ]
  }

  /// Reads an entry; a missing cost is counted from units and price.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let id = value["request_id"]?.stringValue,
      let units = value["output_units"].flatMap(Decimals.money), units >= .zero,
      let price = value["unit_price"].flatMap(Decimals.money), price >= .zero
    else { throw WireError("a billing event has no `request_id`, `output_units` or `unit_price`") }
    self.init(
      requestID: id, endpoint: value["endpoint_id"]?.stringValue ?? "",
      timestamp: value["timestamp"]?.stringValue ?? "", units: units, unitPrice: price,
      cost: value["cost"].flatMap(Decimals.money)
        ?? price.scaled(by: units.nanos, over: 1_000_000_000),
      currency: value["currency"]?.stringValue ?? "USD")
  }
}
