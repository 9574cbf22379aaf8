/// What a path on the platform's host asks for, below `/v1`.
public enum PlatformRoute: String, Hashable, Sendable, CaseIterable {
  /// `GET`: prices of endpoints.
  case pricing = "/v1/models/pricing"
  /// `POST`: what so many calls or units would cost.
  case estimate = "/v1/models/pricing/estimate"
  /// `GET`: requests of one endpoint.
  case requestsByEndpoint = "/v1/models/requests/by-endpoint"
  /// `GET`: what requests cost.
  case billingEvents = "/v1/models/billing-events"

  /// Reads a path without its query; one slash at the end is allowed.
  public init?(path: some StringProtocol) {
    let path = path.hasSuffix("/") ? String(path.dropLast()) : String(path)
    self.init(rawValue: path)
  }

  /// The one method of the route.
  public var method: String { self == .estimate ? "POST" : "GET" }
}
