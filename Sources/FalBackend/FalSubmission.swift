internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// The one POST of an attempt.
struct FalSubmission: Sendable {
  let service: FalServices
  let identity: BackendIdentity

  /// Posts `input` to `model`; throws a ``SubmissionFailure`` that says whether it may be accepted.
  ///
  /// Once begun it is not broken off, not even when the task is cancelled: an answer that nobody
  /// waits for would leave a request that nobody knows of.
  func submit(_ input: String, to model: String) async throws -> Ticket {
    let call = try call(input, model)
    let answer: HTTPAnswer
    do {
      let post = Task { [session = service.session] in try await session.send(call) }
      answer = try await post.value
    } catch let failure as HTTPFailure {
      throw SubmissionFailure(
        failure.mayHaveArrived ? .unknown : .notAccepted, hidden(failure.error))
    }
    guard answer.isSuccess else { throw refusal(FalServices.failure(answer), model) }
    do {
      let accepted = try SubmitAnswer(decoding: FalServices.json(answer))
      return Ticket(
        id: accepted.requestID, endpoint: model, backend: identity,
        account: service.settings.key.fingerprint)
    } catch {
      // It was accepted, and the one thing that matters cannot be read.
      throw SubmissionFailure(
        .unknown,
        hidden(
          OperationError(
            .network,
            "\(model): the request was accepted with an answer that cannot be read: \(error)",
            remedy: "run keyreel reconcile")))
    }
  }

  private func call(_ input: String, _ model: String) throws -> HTTPCall {
    guard !Task.isCancelled else {
      throw SubmissionFailure(.notAccepted, OperationError(.interrupted, "stopped on request"))
    }
    guard let endpoint = EndpointID(model) else {
      throw SubmissionFailure(
        .notAccepted, OperationError(.unsupported, "`\(model)` is no endpoint of fal"))
    }
    do {
      var call = try service.call(
        .post, .queue, QueueRoute.submit(endpoint).path,
        headers: service.settings.options.headers, body: Array(input.utf8))
      let query = service.settings.options.query
      if !query.items.isEmpty { call.url += "?\(query.text)" }
      call.stallTimeout = call.timeout
      return call
    } catch {
      throw SubmissionFailure(.notAccepted, FalFailure.told(error, about: model))
    }
  }

  /// A definite refusal where the protocol says so; otherwise nobody knows.
  private func refusal(_ failure: ServiceFailure, _ model: String) -> SubmissionFailure {
    // These redirects are given before a request is looked at.
    let isElsewhere = [301, 307, 308].contains(failure.statusCode)
    return SubmissionFailure(
      failure.provesRefusal || isElsewhere ? .notAccepted : .unknown,
      hidden(FalFailure.error(failure, about: model)), retryAfter: failure.retryAfter)
  }

  private func hidden(_ error: OperationError) -> OperationError {
    service.settings.key.hidden(in: error)
  }
}
