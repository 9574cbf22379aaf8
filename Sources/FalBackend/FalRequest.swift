internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// An accepted request, asked about at the configured addresses only.
///
/// Nothing of a ticket but the endpoint and the id is used, and both are checked: a ticket from a shared
/// store cannot lead the key anywhere.
struct FalRequest: Sendable {
  /// A result that is an output.
  struct Result: Hashable, Sendable {
    let output: ModelOutput
    let billedUnits: String?
  }

  let id: String
  let endpoint: EndpointID
  private let service: FalServices

  /// Throws `ticketLost` for tickets of other services, and for those that are none.
  init(_ ticket: Ticket, _ service: FalServices) throws {
    guard ticket.backend == BackendIdentity(kind: "fal", origin: service.settings.origin),
      let endpoint = EndpointID(ticket.endpoint), QueueRoute.isRequestID(ticket.id)
    else {
      throw OperationError(
        .ticketLost,
        "the ticket \(ticket.id.filter { $0.isLetter || $0.isNumber || $0 == "-" }.prefix(64)) is none of \(service.settings.origin)",
        remedy: "run keyreel reconcile")
    }
    if let account = ticket.account, account != service.settings.key.fingerprint {
      throw OperationError(
        .permissionDenied,
        "request \(ticket.id) belongs to another account (\(account.prefix(12)))",
        remedy: "set the key of the account that asked for it")
    }
    self.endpoint = endpoint
    id = ticket.id
    self.service = service
  }

  /// The path of one of the request's routes; requests are named by their application alone.
  func path(_ route: (QueueRoute.RequestName) -> QueueRoute) -> String {
    route(QueueRoute.RequestName(endpoint: endpoint.app, requestID: id)).path
  }

  /// How far it has come; a 404 goes to the platform's records.
  func status() async throws -> QueueStatus {
    let call = try service.call(.get, .queue, path(QueueRoute.status) + "?logs=false")
    do {
      let status = try QueueStatus(decoding: try await service.json(call), requestID: id)
      guard status.requestID == id else { throw WireError("the status of another request came") }
      return status
    } catch let failure as ServiceFailure where failure.kind == .notFound {
      // The queue forgets results after an hour; the platform keeps what was paid for.
      let record = try await record()
      return QueueStatus(
        record.endedAt == nil ? .inProgress : .completed, requestID: id, links: nil)
    }
  }

  /// The output; throws `generationFailed` with the server's words when there surely is none.
  func result() async throws -> Result {
    let answer = try await service.session.send(
      service.call(.get, .queue, path(QueueRoute.result)))
    if answer.isSuccess {
      return Result(
        output: try ModelOutput(decoding: FalServices.json(answer)),
        billedUnits: answer.header(FalHeader.billableUnits).flatMap(Self.decimal))
    }
    let failure = FalServices.failure(answer)
    switch failure.kind {
    case .badKey, .lockedAccount, .forbidden, .tooMany, .tooEarly: throw failure
    case .notFound:
      if let ending = try await status().failure { throw failed(ending.message, failure) }
      return try await recordedResult()
    default: break
    }
    // A new attempt costs money, so a request counts as failed only by the model's or the queue's own
    // word; a gateway's page is no such thing.
    if case .details(let details) = failure.body, !details.isEmpty { throw failed(nil, failure) }
    if failure.kind == .startDeadline { throw failed(nil, failure) }
    if try await status().failure != nil { throw failed(nil, failure) }
    throw failure.advice == .giveUp ? WireError(FalFailure.words(failure)) : failure
  }

  /// The output as the platform remembers it.
  private func recordedResult() async throws -> Result {
    let record = try await record()
    if let output = record.output, let known = try? ModelOutput(decoding: output) {
      return Result(output: known, billedUnits: nil)
    }
    if let code = record.statusCode, !(200..<300).contains(code) {
      throw OperationError(
        .generationFailed, "\(endpoint): request \(id) ended without a clip (\(code))",
        remedy: "run again to ask for it anew")
    }
    throw lost("keeps no output of request \(id) any more")
  }

  /// What the platform knows of the request, with its output.
  private func record() async throws -> RequestRecord {
    guard service.settings.addresses[.platform] != nil else { throw Vanished() }
    var query = RecordQuery(endpoint: endpoint.description)
    query.requestID = id
    query.includesPayloads = true
    do {
      let page = try await service.page(.requestsByEndpoint, query.items, named: "items")
      let records = try page.items.map { try RequestRecord(decoding: $0) }
      guard let record = records.first(where: { $0.requestID == id }) else { throw Vanished() }
      return record
    } catch let failure as ServiceFailure where failure.kind == .notFound {
      throw Vanished()
    } catch let failure as ServiceFailure where failure.kind == .forbidden {
      throw lost("knows nothing of request \(id) any more, and the key may not read its records")
    }
  }

  /// `ticketLost`: the service is silent about the request for good.
  func lost(_ words: String) -> OperationError {
    OperationError(
      .ticketLost, "\(service.settings.origin) \(words)", remedy: "run keyreel reconcile")
  }

  private func failed(_ words: String?, _ failure: ServiceFailure) -> OperationError {
    let told = FalFailure.error(failure, about: endpoint.description)
    let message = words.map { "\(endpoint): \($0) (request \(id))" } ?? told.message
    let remedy = failure.kind == .notFound ? "run again to ask for it anew" : told.remedy
    return OperationError(.generationFailed, message, remedy: remedy)
  }

  /// A decimal of the usual form, as it stands in receipts.
  private static func decimal(_ text: String) -> String? {
    let isDecimal =
      (1...30).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E } && Double(text) != nil
    return isDecimal ? text : nil
  }
}
