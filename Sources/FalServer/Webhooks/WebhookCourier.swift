internal import FalProtocol
internal import FalQueue
internal import HTTP
internal import KeyreelCore

/// Tells one receiver of one job's end: the message, its signature, the post, and what the answer means.
struct WebhookCourier: Sendable {
  private let session: HTTPSession
  /// For receivers on this machine without TLS; `nil` where there may be none.
  private let plainSession: HTTPSession?
  private let key: SigningKey

  /// For all of a post.
  private static let patience = Duration.seconds(15)

  /// Tells receivers within the reach of `settings`, signed with `key`.
  ///
  /// Plain http is for this machine alone, however far `settings` reach.
  init(_ settings: HTTPSession.Settings, key: SigningKey) {
    self.key = key
    var (secure, plain) = (settings, settings)
    secure.allowsPlainHTTP = false
    plain.reach = .loopback
    session = HTTPSession(secure)
    plainSession = settings.allowsPlainHTTP ? HTTPSession(plain) : nil
  }

  /// Posts the message of `delivery`, signed at `now`.
  func deliver(_ delivery: Delivery, now: Timestamp) async -> DeliveryResult {
    let body = Self.body(delivery)
    let seconds = Int(now.milliseconds / 1000)
    let status: Int
    do {
      let text = WebhookMessage.signedText(
        requestID: delivery.job.id, userID: delivery.job.owner, timestamp: seconds, body: body)
      let signature = try key.sign(text)
      status = try await post(
        HTTPCall(
          .post, delivery.url,
          headers: [
            ("Content-Type", "application/json"),
            (FalHeader.webhookRequestID, delivery.job.id),
            (FalHeader.webhookUserID, delivery.job.owner),
            (FalHeader.webhookTimestamp, String(seconds)),
            (FalHeader.webhookSignature, Self.hex(signature)),
          ], body: body, timeout: Self.patience, stallTimeout: Self.patience))
    } catch let failure as HTTPFailure {
      // A receiver's address may hold a secret, so no log tells it.
      let words = failure.error.message.replacing(delivery.url, with: "the receiver")
      return failure.error.code == .refusedAddress ? .refused(words) : .failed(words)
    } catch {
      return .failed("\(error)")
    }
    return switch status {
    case 200..<300: .delivered
    // A redirect may lead anywhere, so none is followed.
    case 300..<400: .refused("the receiver answered with the redirect \(status)")
    default: .failed("the receiver answered with status \(status)")
    }
  }

  /// The status of the answer; what else it says is not read.
  private func post(_ call: HTTPCall) async throws -> Int {
    let isPlain = call.url.lowercased().hasPrefix("http://")
    let session = isPlain ? plainSession ?? session : session
    return try await session.stream(call) { _ in false }.status
  }

  /// The message: the output, or the error with the failed answer's body.
  static func body(_ delivery: Delivery) -> [UInt8] {
    let job = delivery.job
    let text = delivery.payloads.output.map {
      MediaAddress.resolve($0, for: ServiceAddresses(kept: job.context))
    }
    let payload = text.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
    let isSuccess = job.error == nil && (job.statusCode ?? 500) < 400
    let outcome: WebhookMessage.Outcome =
      isSuccess
      ? .ok(payload: payload ?? .null)
      : .error("Invalid status code: \(job.statusCode ?? 500)", payload: payload ?? .null)
    let message = WebhookMessage(requestID: job.id, gatewayRequestID: job.id, outcome: outcome).json
    guard payload == nil, var object = message.objectValue else { return message.bytes }
    object["payload_error"] = "The result is not kept any longer"
    return JSONValue.object(object).bytes
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
