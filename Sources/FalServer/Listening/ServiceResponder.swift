internal import FalProtocol
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore
internal import Logging
internal import NIOHTTP1

/// Answers the calls of one of fal's hosts.
protocol ServiceHandler: Sendable {
  /// Answers, or throws a ``Refusal``.
  func answer(_ call: Call) async throws -> Response
}

/// Finds the service that a request is meant for, has it answered, and turns every failure into an answer.
struct ServiceResponder: HTTPResponder {
  typealias Context = CallContext

  let services: [FalService: any ServiceHandler]
  /// Pages that belong to this server and to no host of fal: the playground, health, metrics.
  let pages: any ServiceHandler
  let resolver: ServiceResolver
  let log: AccessLog

  func respond(to request: Request, context: Context) async throws -> Response {
    let begin = ContinuousClock.now
    log.meters.begin()
    var context = context
    context.logger.logLevel = log.logger.logLevel
    var resolved: ServiceResolver.Resolved?
    var response: Response
    do {
      response = try await answer(request, context, &resolved)
    } catch let refusal as Refusal {
      response = refusal.response
    } catch let error as HTTPParserError {
      // The client broke off or sent no HTTP: whoever reads the connection answers that, and ends it.
      log.meters.end("none", status: 400, after: begin.duration(to: .now))
      throw error
    } catch is CancellationError {
      response = Refusal(.serviceUnavailable, "The server is shutting down").response
    } catch {
      context.logger.error("request failed", metadata: ["error": "\(error)"])
      let refusal = (error as? OperationError).flatMap { Refusal($0) }
      response = (refusal ?? Refusal(.internalServerError, "Internal Server Error")).response
    }
    CrossOrigin.allow(request, &response)
    log.tell(request, resolved, response, after: begin.duration(to: .now))
    // The length that the answer would have stays told.
    return request.method == .head
      ? response.createHeadResponse() : PacedBody.pacing(response, on: context.channel)
  }

  private func answer(
    _ request: Request, _ context: Context, _ resolved: inout ServiceResolver.Resolved?
  ) async throws -> Response {
    if let preflight = CrossOrigin.preflight(request) { return preflight }
    let call = try resolver.call(request, context: context)
    resolved = call
    switch call {
    case .service(let call):
      guard let handler = services[call.service] else { throw Refusal.noSuchPath }
      return try await handler.answer(call)
    case .page(let call): return try await pages.answer(call)
    }
  }
}
