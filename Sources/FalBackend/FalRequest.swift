internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// An accepted request, asked about at the configured addresses only.
///
/// Nothing of a ticket but the endpoint and the id is used, and both are checked: a ticket from a shared
/// store cannot lead the key anywhere.
struct FalRequest: Sendable {
  /// A result that is an output.
  struct Result: Sendable {
    let output: ModelOutput
    let billedUnits: String?
  }

  let id: String
  private let endpoint: EndpointID
  private let service: FalServices

  /// Throws `ticketLost` for tickets of other services or accounts, and for those that are none.
  init(_ ticket: Ticket, _ service: FalServices) throws {
    guard ticket.backend == BackendIdentity(kind: "fal", origin: service.settings.origin),
      let endpoint = EndpointID(ticket.endpoint), QueueRoute.isRequestID(ticket.id)
    else {
      throw OperationError(
        .ticketLost, "the ticket \(ticket.id.prefix(64)) is none of \(service.settings.origin)",
        remedy: "run keyreel reconcile")
    }
    if let account = ticket.account, account != service.settings.key.fingerprint {
      throw OperationError(
        .permissionDenied, "request \(ticket.id) belongs to another account (\(account))",
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
  func status(logs: Bool = false) async throws -> QueueStatus {
    let call = service.call(.get, .queue, path(QueueRoute.status) + (logs ? "?logs=1" : "?logs=0"))
    do {
      return try QueueStatus(decoding: try await service.json(call), requestID: id)
    } catch let failure as ServiceFailure where failure.kind == .notFound {
      // The queue forgets results after an hour; the platform keeps what was paid for.
      guard let record = try await record() else { throw lost }
      return QueueStatus(
        record.endedAt == nil ? .inProgress : .completed, requestID: id, links: nil)
    }
  }

  /// The output; throws `generationFailed` with the server's words when there is none.
  func result() async throws -> Result {
    let answer = try await service.session.send(service.call(.get, .queue, path(QueueRoute.result)))
    if answer.isSuccess {
      return Result(
        output: try ModelOutput(decoding: FalServices.json(answer)),
        billedUnits: answer.header(FalHeader.billableUnits))
    }
    let failure = FalServices.failure(answer)
    switch failure.kind {
    case .notFound:
      guard let output = try await record()?.output, let known = try? ModelOutput(decoding: output)
      else { throw lost }
      return Result(output: known, billedUnits: nil)
    case .badKey, .lockedAccount, .forbidden, .tooMany, .tooEarly: throw failure
    case .serverFault, .generationTimeout:
      // A gateway's failure says nothing of the request; the model's own is its end.
      guard try await hasFailed() else { throw failure }
    default: break
    }
    let told = FalFailure.error(failure, about: endpoint.description)
    throw OperationError(.generationFailed, told.message, remedy: told.remedy)
  }

  /// Whether the queue itself says that the request failed.
  private func hasFailed() async throws -> Bool {
    try await status().failure != nil
  }

  /// What the platform knows of the request, with its output.
  private func record() async throws -> RequestRecord? {
    var query = RecordQuery(endpoint: endpoint.description)
    query.requestID = id
    query.includesPayloads = true
    let call = service.call(
      .get, .platform, "\(PlatformRoute.requestsByEndpoint.rawValue)?\(query.items.text)")
    do {
      let page = try PlatformPage(decoding: try await service.json(call), as: "items")
      return try page.items.map { try RequestRecord(decoding: $0) }.first { $0.requestID == id }
    } catch let failure as ServiceFailure where failure.kind == .notFound {
      return nil
    }
  }

  private var lost: OperationError {
    OperationError(
      .ticketLost, "\(service.settings.origin) knows nothing of request \(id) any more",
      remedy: "run keyreel reconcile")
  }
}
