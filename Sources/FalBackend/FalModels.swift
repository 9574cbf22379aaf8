internal import FalProtocol
internal import HTTP
public import KeyreelCore

/// What the provider publishes of its endpoints: prices and inputs.
///
/// Reads only.
public struct FalModels: Sendable {
  private let service: FalServices
  private let reads: PatientReads

  /// Where fal itself has the documents of its endpoints: on its web site, for everybody.
  private static let site = "https://fal.ai/api"
  /// Where both are on one's own server.
  private static let path = "/openapi/queue/openapi.json"

  /// What the account of `settings` is told; patience is short, because a person is waiting.
  public init(_ settings: FalSettings) {
    var settings = settings
    settings.pace.readPauses = [.milliseconds(500), .seconds(1), .seconds(2)]
    service = FalServices(settings: settings, session: HTTPSession(settings.session))
    reads = PatientReads(settings.pace, mostTries: 4)
  }

  /// Price and inputs of `endpoint`; throws an ``OperationError`` rather than a part of them.
  public func published(_ endpoint: String) async throws -> PublishedModel {
    let price = try await service.telling("the price of \(endpoint)") {
      try await reads { () async throws -> PublishedModel.Price in
        try await self.price(of: endpoint)
      }
    }
    let inputs = try await service.telling("the inputs of \(endpoint)") {
      try await reads { () async throws -> [PublishedModel.Input] in
        try await self.inputs(of: endpoint)
      }
    }
    return PublishedModel(id: endpoint, price: price, inputs: inputs)
  }

  private func price(of endpoint: String) async throws -> PublishedModel.Price {
    let query = QueryItems([.init("endpoint_id", endpoint)]).text
    let call = try service.call(.get, .platform, PlatformRoute.pricing.rawValue + "?" + query)
    let page = try PlatformPage(decoding: try await service.json(call), as: "prices")
    let prices = try page.items.map(EndpointPrice.init(decoding:))
    guard let price = prices.first(where: { $0.endpoint == endpoint }) else {
      throw WireError("the list of prices does not have it")
    }
    return PublishedModel.Price(
      amount: price.unitPrice, unit: .init(wireName: price.unit), unitName: price.unit,
      currency: price.currency, source: String(call.url.prefix { $0 != "?" }))
  }

  /// The document is for everybody, so the key stays here.
  private func inputs(of endpoint: String) async throws -> [PublishedModel.Input] {
    let platform = service.settings.addresses[.platform] ?? ""
    let base = platform == FalSettings.falAddresses[.platform] ? Self.site : platform
    let query = QueryItems([.init("endpoint_id", endpoint)]).text
    let document = try await service.json(
      HTTPCall(.get, base + Self.path + "?" + query, headers: [("Accept", "application/json")]))
    return try OpenAPIInput(decoding: document, endpoint: endpoint).inputs
  }
}

extension ModelProfile.PriceRule.Unit {
  /// What the pricing route's word counts; `nil` for words that profiles do not have.
  fileprivate init?(wireName: String) {
    switch wireName.lowercased() {
    case "second", "seconds": self = .second
    case "video", "videos": self = .clip
    default: return nil
    }
  }
}
