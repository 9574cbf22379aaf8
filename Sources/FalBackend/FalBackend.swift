public import HTTP
public import KeyreelCore
public import SystemPackage

/// Has clips made by fal, or by a server of the same protocol.
///
/// A submission is one POST that is never repeated here; its failure says whether it may have been
/// accepted. Everything else is reads, repeated at will. All errors are ``OperationError``s or
/// ``SubmissionFailure``s in the server's words, without the key.
public final class FalBackend: GenerationBackend {
  /// `fal@queue.fal.run`, or `fal@` and the origin of another server.
  public let identity: BackendIdentity
  /// Requests in flight at most.
  public let concurrencyLimit: Int
  /// `true`: a request goes on without this process.
  public let ticketsSurviveProcess = true

  private let service: FalServices
  private let submission: FalSubmission
  private let collection: FalCollection
  private let pictures: PictureDelivery
  private let profiles: [String: ModelProfile]

  /// A backend for the account of `settings`; without a `session` it has one of its own.
  public init(
    _ settings: FalSettings, profiles: [ModelProfile], uploads: any UploadMemory,
    session: HTTPSession? = nil
  ) {
    identity = BackendIdentity(kind: "fal", origin: settings.origin)
    concurrencyLimit = max(1, settings.concurrency)
    self.profiles = Dictionary(profiles.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    service = FalServices(
      settings: settings, session: session ?? HTTPSession(settings.session))
    submission = FalSubmission(service: service, identity: identity)
    collection = FalCollection(service: service)
    pictures = PictureDelivery(service: service, memory: uploads)
  }

  /// Brings both pictures where the model finds them; costs nothing and may be repeated.
  public func prepare(_ order: GenerationOrder) async throws -> PreparedOrder {
    let profile = try profile(order.recipe.model)
    let first = try await pictures.address(of: order.first)
    let last = try await pictures.address(of: order.last)
    let input = RequestInput(order.recipe.request, profile: profile, first: first, last: last)
    return PreparedOrder(order: order, input: input.text)
  }

  /// Posts the request, once; throws a ``SubmissionFailure``.
  public func submit(_ prepared: PreparedOrder) async throws -> Ticket {
    let ticket = try await submission.submit(prepared.input, to: prepared.order.recipe.model)
    collection.board.accepted(ticket, inputBytes: prepared.input.utf8.count)
    return ticket
  }

  /// Waits for the request of `ticket` to end and downloads its video to `file`.
  public func collect(
    _ ticket: Ticket, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> GeneratedClip {
    do {
      return try await service.telling("request \(ticket.id.prefix(64))") {
        try await collection.collect(ticket, into: file, progress: progress)
      }
    } catch let error as OperationError where error.isRetryable {
      // It was repeated here as long as that makes sense; the ticket stays good for the next run.
      throw OperationError(error.code, error.message, remedy: error.remedy)
    }
  }

  /// Asks for the end of the request; whether it ends unpaid is fal's to say.
  public func cancel(_ ticket: Ticket) async { await collection.cancel(ticket) }

  private func profile(_ model: String) throws -> ModelProfile {
    guard let profile = profiles[model] else {
      throw OperationError(
        .notFound, "there is no profile of the model \(model)",
        remedy: "run `keyreel models` to see which there are")
    }
    return profile
  }
}
