internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// `GET /v1/models/pricing`: what a unit of each endpoint costs.
struct PriceList {
  let forms: [String: InputForm]

  func answer(_ call: Call) throws -> Response {
    let ids = try PlatformQuery(query: call.query, now: Timestamp(milliseconds: 0))
      .list("endpoint_id")
    guard !ids.isEmpty else { throw Refusal.invalidQuery("`endpoint_id` is missing") }
    let prices = try ids.map { try price(of: $0).json }
    return Answer.json(bytes: PlatformPage(prices, nextCursor: nil).json(as: "prices").bytes)
  }

  /// The price of one endpoint; refuses those that are not served here or have none.
  func price(of id: String) throws -> EndpointPrice {
    guard let profile = forms[id]?.profile, let price = EndpointPrice(profile) else {
      throw Refusal(
        .notFound,
        .platform(
          ErrorBody.PlatformError("not_found", "No price is known of `\(id.prefix(200))`")))
    }
    return price
  }
}

/// `POST /v1/models/pricing/estimate`: what so many units or calls would cost.
struct CostEstimate {
  let queue: JobQueue
  let forms: [String: InputForm]

  /// Calls of the past that a price per call is taken from.
  private static let history = 1000

  func answer(_ owner: String, _ call: Call) async throws -> Response {
    let order = try EstimateOrder(
      decoding: try await call.json(upTo: StorageLimits.message))
    let prices = try order.endpoints.map { try PriceList(forms: forms).price(of: $0) }
    guard let currency = prices.first?.currency, prices.allSatisfy({ $0.currency == currency })
    else { throw Refusal.invalidQuery("the endpoints are priced in different currencies") }
    var total = Money.zero
    for price in prices {
      switch order {
      case .units(let units):
        total += price.unitPrice.scaled(by: (units[price.endpoint] ?? .zero).nanos, over: .billion)
      case .calls(let counts):
        total += try await callPrice(price.endpoint, owner)
          .scaled(by: Int64(counts[price.endpoint] ?? 0), over: 1)
      }
    }
    let answer = EstimateAnswer(typeName: order.typeName, total: total, currency: currency)
    return Answer.json(bytes: answer.json.bytes)
  }

  /// What the key's last calls cost on average; without any, what one with all defaults costs.
  private func callPrice(_ endpoint: String, _ owner: String) async throws -> Money {
    var filter = BillingFilter()
    filter.endpoints = [endpoint]
    filter.owner = owner
    filter.limit = Self.history
    let events = try await queue.billingEvents(filter)?.items ?? []
    guard events.isEmpty else {
      let sum = events.reduce(Money.zero) { $0 + $1.cost }
      return sum.scaled(by: 1, over: Int64(events.count))
    }
    guard let profile = forms[endpoint]?.profile else { return .zero }
    let defaults = profile.parameters.compactMap { parameter in
      parameter.defaultValue.map { ModelRequest.Field(parameter.name, $0) }
    }
    return Bill(ModelRequest(defaults), profile: profile)?.total ?? .zero
  }
}

extension Int64 {
  /// Nanos of one unit.
  fileprivate static let billion: Int64 = 1_000_000_000
}
