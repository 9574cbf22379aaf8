internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// The one POST of an attempt.
struct FalSubmission: Sendable {
  let service: FalServices
  let identity: BackendIdentity

  /// Posts `input` to `model`; throws a ``SubmissionFailure`` that says whether it may be accepted.
  func submit(_ input: String, to model: String) async throws -> Ticket {
    guard let endpoint = EndpointID(model) else {
      throw SubmissionFailure(
        .notAccepted,
        OperationError(.unsupported, "`\(model)` is no endpoint of fal"))
    }
    let answer = try await post(input, endpoint)
    guard answer.isSuccess else { throw Self.refusal(FalServices.failure(answer), model) }
    do {
      let accepted = try SubmitAnswer(decoding: FalServices.json(answer))
      return Ticket(
        id: accepted.requestID, endpoint: model, backend: identity,
        account: service.settings.key.fingerprint)
    } catch {
      // It was accepted, and the one thing that matters cannot be read.
      throw SubmissionFailure(
        .unknown,
        OperationError(
          .network, "\(identity) accepted a request for \(model) with an answer that cannot be read: \(error)",
          remedy: "run keyreel reconcile"))
    }
  }

  private func post(_ input: String, _ endpoint: EndpointID) async throws -> HTTPAnswer {
    var call = service.call(
      .post, .queue, QueueRoute.submit(endpoint).path, headers: service.settings.options.headers,
      body: Array(input.utf8))
    let query = service.settings.options.query
    if !query.items.isEmpty { call.url += "?\(query.text)" }
    do {
      return try await service.session.send(call)
    } catch let failure as HTTPFailure {
      throw SubmissionFailure(failure.mayHaveArrived ? .unknown : .notAccepted, failure.error)
    }
  }

  /// A definite refusal where the protocol says so; otherwise nobody knows.
  private static func refusal(_ failure: ServiceFailure, _ model: String) -> SubmissionFailure {
    SubmissionFailure(
      failure.provesRefusal ? .notAccepted : .unknown, FalFailure.error(failure, about: model))
  }
}
