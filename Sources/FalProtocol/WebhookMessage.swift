import KeyreelCore

/// What a webhook tells of a finished request.
public struct WebhookMessage: Hashable, Sendable {
  /// How the request ended.
  public enum Outcome: Hashable, Sendable {
    /// With this output.
    case ok(payload: JSONValue)
    /// With this error, and the body of the failed answer.
    case error(String, payload: JSONValue)
  }

  /// The request.
  public var requestID: String
  /// The attempt that ended it.
  public var gatewayRequestID: String
  /// How it ended.
  public var outcome: Outcome

  /// The end of the request `requestID`.
  public init(requestID: String, gatewayRequestID: String, outcome: Outcome) {
    self.requestID = requestID
    self.gatewayRequestID = gatewayRequestID
    self.outcome = outcome
  }

  /// The body.
  public var json: JSONValue {
    var object = JSONObject([
      ("request_id", .string(requestID)), ("gateway_request_id", .string(gatewayRequestID)),
    ])
    switch outcome {
    case .ok(let payload):
      object["status"] = "OK"
      object["payload"] = payload
    case .error(let message, let payload):
      object["status"] = "ERROR"
      object["error"] = .string(message)
      object["payload"] = payload
    }
    return .object(object)
  }

  /// Reads a body.
  public init(decoding value: JSONValue) throws(WireError) {
    guard let id = value["request_id"]?.stringValue, let status = value["status"]?.stringValue
    else { throw WireError("a webhook has no `request_id` or no `status`") }
    let payload = value["payload"] ?? .null
    let error = value["error"]?.stringValue ?? value["payload_error"]?.stringValue
    self.init(
      requestID: id, gatewayRequestID: value["gateway_request_id"]?.stringValue ?? id,
      outcome: status == "OK" && error == nil
        ? .ok(payload: payload) : .error(error ?? status, payload: payload))
  }

  /// The text that is signed with Ed25519 for a body with these bytes.
  ///
  /// Four lines without an end: request, user, seconds since 1970, SHA-256 of the body in
  /// hexadecimal digits.
  public static func signedText(
    requestID: String, userID: String, timestamp: Int, body: [UInt8]
  ) -> String {
    "\(requestID)\n\(userID)\n\(timestamp)\n\(Digest.of(body).hex)"
  }

  /// How far a receiver's clock may be from the timestamp.
  public static let tolerance = Duration.seconds(300)

  /// The key set that receivers fetch: Ed25519 public keys as base64url without padding.
  public static func keySet(_ keys: [(id: String, x: String)]) -> JSONValue {
    [
      "keys": .array(
        keys.map {
          [
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": .string($0.id),
            "x": .string($0.x),
          ]
        })
    ]
  }
}
