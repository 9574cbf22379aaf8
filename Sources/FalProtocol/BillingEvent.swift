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

  /// The entry as JSON; nothing is ever discounted here.
  public var json: JSONValue {
    [
      "request_id": .string(requestID), "endpoint_id": .string(endpoint),
      "timestamp": .string(timestamp), "output_units": JSONValue(units),
      "unit_price": JSONValue(unitPrice), "percent_discount": 0, "cost_subtotal": JSONValue(cost),
      "cost_discount": 0, "cost_total": JSONValue(cost),
      "cost_estimate_nano_usd": .integer(Int(cost.nanos)), "currency": .string(currency),
    ]
  }

  /// Reads an entry: the billed cost is the exact one in billionths where it is told, or the total
  /// after discounts, or what units and price come to.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let id = value["request_id"]?.stringValue else {
      throw WireError("a billing event has no `request_id`")
    }
    let units = value["output_units"].flatMap(Decimals.money).map { max($0, .zero) }
    let price = value["unit_price"].flatMap(Decimals.money).map { max($0, .zero) }
    let exact = value["cost_estimate_nano_usd"]?.intValue.map { Money(nanos: Int64($0)) }
    let total = value["cost_total"].flatMap(Decimals.money)
    let product = price.flatMap { price in
      units.map { price.scaled(by: $0.nanos, over: 1_000_000_000) }
    }
    guard let cost = exact ?? total ?? product else {
      throw WireError("the billing event of `\(id.prefix(64))` tells no cost")
    }
    self.init(
      requestID: id, endpoint: value["endpoint_id"]?.stringValue ?? "",
      timestamp: value["timestamp"]?.stringValue ?? "", units: units ?? .zero,
      unitPrice: price ?? .zero, cost: cost, currency: value["currency"]?.stringValue ?? "USD")
  }
}
