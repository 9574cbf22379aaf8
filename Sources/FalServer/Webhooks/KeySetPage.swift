internal import FalProtocol
internal import Hummingbird

/// The public key that receivers of webhooks check signatures with, at fal's path on the storage host.
struct KeySetPage: Sendable {
  /// The path at the storage host and at this server's root.
  static let path = "/.well-known/jwks.json"

  private let bytes: [UInt8]

  /// The page that tells of `key`.
  init(_ key: SigningKey) { bytes = key.keySet.bytes }

  /// The key set; receivers may keep it for a day.
  var response: Response {
    Answer.json(bytes: bytes, headers: [.cacheControl: "public, max-age=86400"])
  }
}

/// Answers for the key set at a host, and hands everything else on.
struct KeySetHandler: ServiceHandler {
  let page: KeySetPage
  let rest: (any ServiceHandler)?

  func answer(_ call: Call) async throws -> Response {
    if call.path == KeySetPage.path {
      try call.require(method: "GET")
      return page.response
    }
    guard let rest else { throw Refusal.noSuchPath }
    return try await rest.answer(call)
  }
}
