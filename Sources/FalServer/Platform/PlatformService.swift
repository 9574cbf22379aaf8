internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore
internal import Logging

/// `api.fal.ai`: prices, and what became of a key's own requests; all from the queue's database.
struct PlatformService: ServiceHandler {
  let queue: JobQueue
  let keys: KeyCheck
  let forms: [String: InputForm]

  func answer(_ call: Call) async throws -> Response {
    if call.path == ModelDocuments.platformPath {
      return try await ModelDocuments(forms: forms).answer(call)
    }
    do {
      return try await route(call)
    } catch let refusal as Refusal {
      throw refusal.inPlatformWords
    } catch let error as WireError {
      throw Refusal.invalidQuery(error.description)
    } catch let error as OperationError {
      call.context.logger.error("request failed", metadata: ["error": "\(error)"])
      throw (Refusal(error) ?? Refusal(.internalServerError, "Internal Server Error"))
        .inPlatformWords
    }
  }

  private func route(_ call: Call) async throws -> Response {
    if let requestID = Self.payloads(call.path) {
      try call.require(method: "DELETE")
      let owner = try await keys.owner(of: call)
      return try await PayloadRemoval(queue: queue).remove(requestID, owner, call)
    }
    guard let route = PlatformRoute(path: call.path) else { throw Refusal.noSuchPath }
    try call.require(method: route.method)
    let owner = try await keys.owner(of: call)
    switch route {
    case .pricing: return try PriceList(forms: forms).answer(call)
    case .estimate: return try await CostEstimate(queue: queue, forms: forms).answer(owner, call)
    case .requestsByEndpoint: return try await RequestListing(queue: queue).answer(owner, call)
    case .billingEvents: return try await BillingListing(queue: queue).answer(owner, call)
    }
  }

  /// The request of `/v1/models/requests/{id}/payloads`.
  private static func payloads(_ path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].isEmpty, parts[1] == "v1", parts[2] == "models",
      parts[3] == "requests", parts[5] == "payloads"
    else { return nil }
    return String(parts[4])
  }
}

extension Refusal {
  /// A value of the query or the body that is not allowed.
  static func invalidQuery(_ sentence: String) -> Refusal {
    Refusal(
      .badRequest,
      .platform(ErrorBody.PlatformError("validation_error", sentence)))
  }

  /// The refusal in the platform's own form of errors.
  var inPlatformWords: Refusal {
    if case .platform = body { return self }
    let isInvalid = status == .unprocessableContent
    let type =
      switch status {
      case .unauthorized, .forbidden: "authorization_error"
      case .notFound: "not_found"
      case .tooManyRequests: "rate_limited"
      case .badRequest, .unprocessableContent, .contentTooLarge, .methodNotAllowed:
        "validation_error"
      default: "server_error"
      }
    return Refusal(
      isInvalid ? .badRequest : status, .platform(ErrorBody.PlatformError(type, body.message)),
      headers: headers)
  }
}
