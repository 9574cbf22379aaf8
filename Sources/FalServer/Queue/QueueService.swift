internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// `queue.fal.run`: submit, status, status stream, result, cancel.
struct QueueService: ServiceHandler {
  let queue: JobQueue
  let keys: KeyCheck
  let desk: SubmissionDesk

  func answer(_ call: Call) async throws -> Response {
    guard let route = QueueRoute(path: call.path) else { throw Refusal.noSuchPath }
    try call.require(method: route.method)
    let owner = try await keys.owner(of: call)
    switch route {
    case .submit(let endpoint): return try await submit(endpoint, owner, call)
    case .stream: throw Refusal(.notFound, "This endpoint does not stream its output")
    case .status(let name):
      let status = wire(try await status(name, logs: Self.wantsLogs(call)), call)
      return Answer.json(
        bytes: status.bytes, status: .init(code: status.state.statusCode),
        headers: [.falRequestID: status.requestID])
    case .statusStream(let name):
      return StatusStream(
        queue: queue, job: try await status(name, logs: false).job,
        wantsLogs: Self.wantsLogs(call)
      ) { [self] in wire($0, call) }.response
    case .result(let name):
      return try await ResultAnswer(queue).answer(try await status(name, logs: false).job, call)
    case .cancel(let name): return try await cancel(name)
    }
  }

  private func submit(
    _ endpoint: EndpointID, _ owner: String, _ call: Call
  ) async throws -> Response {
    let accepted = try await desk.accept(endpoint, owner: owner, call)
    let job = accepted.job
    let answer = SubmitAnswer(
      requestID: job.id, links: Self.links(job, call), state: job.state.wire,
      queuePosition: accepted.position)
    return Answer.json(bytes: answer.bytes, headers: Self.headers(job))
  }

  private func cancel(_ name: QueueRoute.RequestName) async throws -> Response {
    let known = try await status(name, logs: false).job
    let answer: CancelAnswer =
      switch try await queue.cancel(known.id) {
      case .removed, .requested: .requested
      case .alreadyCompleted: .alreadyCompleted
      case .unknown: .notFound
      }
    return Answer.json(
      bytes: answer.bytes, status: .init(code: answer.statusCode), headers: Self.headers(known))
  }

  /// The request that a path names; its endpoint may be told whole or as the application alone.
  private func status(_ name: QueueRoute.RequestName, logs: Bool) async throws -> JobStatus {
    guard let status = try await queue.status(of: name.requestID, logsAfter: logs ? 0 : nil),
      let endpoint = EndpointID(status.job.endpoint), endpoint.app == name.endpoint.app
    else {
      throw Refusal(
        .notFound, .other(#"{"detail":"Request not found","status":"NOT_FOUND"}"#))
    }
    return status
  }

  private func wire(_ status: JobStatus, _ call: Call) -> QueueStatus {
    let job = status.job
    let failure = job.error.map { QueueStatus.Failure($0, type: job.errorType) }
    let tellsLogs = job.state != .queued && Self.wantsLogs(call)
    return QueueStatus(
      job.state.wire, requestID: job.id, links: Self.links(job, call),
      queuePosition: status.position, logs: tellsLogs ? status.logs.map(\.wire) : nil,
      inferenceTime: job.inferenceTime, failure: failure)
  }

  private static func links(_ job: Job, _ call: Call) -> RequestLinks? {
    EndpointID(job.endpoint).map {
      RequestLinks(base: call.addresses[.queue], endpoint: $0, requestID: job.id)
    }
  }

  private static func wantsLogs(_ call: Call) -> Bool {
    call.query["logs"].flatMap { HeaderValue.flag($0) } ?? false
  }

  static func headers(_ job: Job) -> HTTPFields { [.falRequestID: job.id] }
}

extension JobState {
  /// The word of the protocol.
  var wire: RequestState {
    switch self {
    case .queued: .inQueue
    case .running: .inProgress
    case .completed: .completed
    }
  }
}

extension FalQueue.LogLine {
  /// The line as clients read it.
  var wire: FalProtocol.LogLine {
    FalProtocol.LogLine(
      message, timestamp: time.rfc3339, level: FalProtocol.LogLine.Level(rawValue: level) ?? .info)
  }
}
