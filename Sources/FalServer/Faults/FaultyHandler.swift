internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore
internal import NIOCore

/// A service that goes wrong as the script says; around the real one, which knows nothing of it.
struct FaultyHandler: ServiceHandler {
  let real: any ServiceHandler
  let player: FaultPlayer
  let queue: JobQueue

  /// Submissions are shorter; of uploads it does not matter.
  private static let readBeforeReset = 16 << 20

  /// `real`, or where there is a player of faults faulty ones around them.
  static func around(
    _ real: [FalService: any ServiceHandler], _ player: FaultPlayer?, _ queue: JobQueue
  ) -> [FalService: any ServiceHandler] {
    guard let player else { return real }
    return real.mapValues { FaultyHandler(real: $0, player: player, queue: queue) }
  }

  func answer(_ call: Call) async throws -> Response {
    let spot = Spot(call)
    let inFlight = player.asksForJobs(at: spot.place) ? try await queue.counts().inFlight : 0
    let hits = player.hits(
      spot.place, endpoint: spot.endpoint, request: spot.request, inFlight: inFlight)
    guard !hits.isEmpty else { return try await real.answer(call) }
    for hit in hits {
      if case .delay(let delay) = hit.action { try await Task.sleep(for: delay.time(hit.draw)) }
    }
    switch hits.lazy.compactMap({ Break($0.action) }).first {
    case .answer(let answer):
      if answer.isCarriedOut { _ = try? await real.answer(call) }
      return answer.response
    case .reset(let isCarriedOut):
      if isCarriedOut {
        _ = try? await real.answer(call)
      } else {
        // What was cut off in the middle of sending, HTTP libraries send anew by themselves.
        _ = try? await call.wholeBody(upTo: Self.readBeforeReset)
      }
      return await call.context.resetConnection()
    case .expired: throw Refusal(.notFound, "File not found")
    case nil: break
    }
    var response = try await real.answer(call)
    for hit in hits {
      switch hit.action {
      case .slow(let rate): response.body = response.body.slowed(to: rate)
      case .truncate(let limit): response.body = response.body.truncated(limit, call.context)
      default: break
      }
    }
    return response
  }

  /// What stands in place of the real answer.
  private enum Break {
    case answer(FaultAnswer)
    case reset(isCarriedOut: Bool)
    case expired

    init?(_ action: FaultAction) {
      switch action {
      case .answer(let answer): self = .answer(answer)
      case .reset(let isCarriedOut): self = .reset(isCarriedOut: isCarriedOut)
      case .expired: self = .expired
      default: return nil
      }
    }
  }

  /// What a script calls the place of a call.
  private struct Spot {
    let place: Fault.Place
    let endpoint: EndpointID?
    let request: String?

    init(_ call: Call) {
      switch call.service {
      case .queue, .run:
        let route = QueueRoute(path: call.path)
        endpoint = route?.endpoint
        request = route?.requestID
        place =
          switch route {
          case .status, .statusStream: .status
          case .result: .result
          case .cancel: .cancel
          case .submit, .stream, nil: call.service == .run ? .run : .submit
          }
      case .storage, .media:
        (endpoint, request) = (nil, nil)
        place = call.method == .get || call.method == .head ? .download : .upload
      case .platform:
        (endpoint, request) = (nil, nil)
        place = .platform
      }
    }
  }
}

extension FaultAnswer {
  /// The error as fal's services or a gateway before them would tell it.
  var response: Response {
    var headers: HTTPFields = [:]
    headers[.retryAfter] = retryAfter.map(String.init)
    let status = HTTPResponse.Status(code: status)
    if isGateway {
      let page = """
        <html><head><title>\(status.code)</title></head>
        <body><center><h1>\(status.code)</h1></center><hr><center>nginx</center></body></html>

        """
      return Answer.bytes(
        Array(page.utf8), type: "text/html", status: status, headers: headers)
    }
    if status.code == 429 { headers[.falNeedsRetry] = "1" }
    return Refusal(
      status, .text("A rehearsed failure", type: Self.type(status.code)), headers: headers
    ).response
  }

  /// The word that fal has for an error of this kind.
  private static func type(_ status: Int) -> String? {
    switch status {
    case 429: "concurrent_requests_limit"
    case 500: "internal_error"
    case 502: "runner_incomplete_response"
    case 503: "runner_scheduling_failure"
    case 504: "request_timeout"
    default: nil
    }
  }
}
