internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore
internal import NIOCore

/// Takes submissions in: reads them, looks up the endpoint, and makes them durable.
struct SubmissionDesk: Sendable {
  /// A submission that is in the queue.
  struct Accepted {
    let job: Job
    let position: Int?
  }

  /// Room for two pictures of 10 MB as data URIs.
  static let bodyLimit = 32 << 20

  let queue: JobQueue
  let forms: [String: InputForm]

  /// Accepts the call's body for `endpoint`; what the model itself would find wrong with it becomes the
  /// job's result, as at fal.
  func accept(_ endpoint: EndpointID, owner: String, _ call: Call) async throws -> Accepted {
    guard let model = forms[endpoint.description]?.profile else {
      throw Refusal(.notFound, "Application \"\(endpoint)\" not found")
    }
    let options = try Self.options(call)
    let bytes = try await call.wholeBody(upTo: Self.bodyLimit)
    let input = try Self.object(bytes)
    var new = NewJob(endpoint: model.id, owner: owner, input: input.text)
    new.apply(options)
    // Whoever is told of the end reaches files where this client does.
    if new.webhook != nil { new.context = call.addresses.kept }
    new.price = JobPrice(model)
    new.idempotency = options.idempotencyKey.map {
      IdempotencyKey($0, body: Digest.of(Array("\(model.id)\n".utf8) + bytes))
    }
    switch try await queue.accept(new) {
    case .accepted(let job, let position): return Accepted(job: job, position: position)
    case .replayed(let job, let position): return Accepted(job: job, position: position)
    case .conflict:
      throw Refusal(
        .unprocessableContent,
        .details([
          ErrorDetail(
            "idempotency_conflict", "This idempotency key was used for another input",
            at: [.key("header"), .key(FalHeader.idempotencyKey)])
        ]))
    case .tooLong(let length):
      throw Refusal(
        .tooManyRequests,
        .text("The queue holds \(length) requests, more than allowed", type: "queue_full"),
        headers: [.falNeedsRetry: "1", .retryAfter: "5"])
    }
  }

  private static func options(_ call: Call) throws -> RequestOptions {
    do {
      return try RequestOptions(header: { call.header($0) }, query: call.query)
    } catch {
      throw Refusal(.unprocessableContent, .details([error.detail]))
    }
  }

  private static func object(_ bytes: [UInt8]) throws -> JSONValue {
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw Refusal(
        .unprocessableContent,
        .details([ErrorDetail("json_invalid", "JSON decode error: \(error)", at: [.key("body")])]))
    }
  }
}

extension NewJob {
  /// Takes over what the caller asked of the platform.
  mutating func apply(_ options: RequestOptions) {
    priority = options.priority == .low ? .low : .normal
    startTimeout = options.startTimeout
    isNeverRetried = !options.allowsRetries
    keepsPayloads = options.storesPayloads
    fileLife = options.lifecycle?.expiration
    fileAccess = options.lifecycle.map { FileAccess($0) } ?? .open
    webhook = options.webhook
    maximumQueueLength = options.maximumQueueLength
    if !options.tags.isEmpty {
      tags = JSONValue.object(JSONObject(options.tags.map { ($0.name, .string($0.value)) })).text
    }
  }
}

extension JobPrice {
  /// What a unit of `model` costs; `nil` where that is not known.
  init?(_ model: ModelProfile) {
    guard let price = EndpointPrice(model) else { return nil }
    self.init(unitPrice: price.unitPrice, unit: price.unit, currency: price.currency)
  }
}
