internal import FalProtocol
internal import FalQueue
internal import HTTP
internal import KeyreelCore

/// Tells one receiver of one job's end: the message, its signature, the post, and what the answer means.
struct WebhookCourier: Sendable {
  let client: HTTPClient
  let key: SigningKey
  /// Whether receivers may be on this machine without TLS.
  let plainHTTP: PlainHTTP

  /// Posts the message of `delivery`, signed at `now`.
  func deliver(_ delivery: Delivery, now: Timestamp) async -> DeliveryResult {
    let body = Self.body(delivery)
    let seconds = Int(now.milliseconds / 1000)
    let status: Int
    do {
      let text = WebhookMessage.signedText(
        requestID: delivery.job.id, userID: delivery.job.owner, timestamp: seconds, body: body)
      let signature = try key.sign(text)
      status = try await client.post(
        body, to: delivery.url,
        headers: [
          (name: "Content-Type", value: "application/json"),
          (name: FalHeader.webhookRequestID, value: delivery.job.id),
          (name: FalHeader.webhookUserID, value: delivery.job.owner),
          (name: FalHeader.webhookTimestamp, value: String(seconds)),
          (name: FalHeader.webhookSignature, value: Self.hex(signature)),
        ], plainHTTP: plainHTTP)
    } catch let error as OperationError where error.code == .refusedAddress {
      return .refused(error.message)
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
