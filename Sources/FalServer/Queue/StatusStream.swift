internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore
internal import NIOCore
internal import ServiceLifecycle

/// The status of a request as server-sent events: one at each change, log lines as increments, until
/// the request has ended.
struct StatusStream: Sendable {
  let queue: JobQueue
  let job: Job
  let wantsLogs: Bool
  /// How a status is told to this client.
  let wire: @Sendable (JobStatus) -> QueueStatus

  /// Keeps proxies and clients from giving up on a silent stream, as fal does.
  private static let pingInterval = Duration.seconds(15)

  var response: Response {
    var headers = QueueService.headers(job)
    headers[.contentType] = "text/event-stream"
    headers[.cacheControl] = "no-store"
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        try await write { try await writer.write(ByteBuffer(bytes: $0)) }
        try await writer.finish(nil)
      })
  }

  /// Hands the events on, one by one, until the job has ended.
  private func write(_ send: ([UInt8]) async throws -> Void) async throws {
    // Asked for before the first look, so that no change falls between the two.
    let changes = queue.changes(of: job.id)
    let (wakes, waker) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    waker.yield()
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        for await _ in changes { waker.yield() }
        waker.finish()
      }
      group.addTask {
        while true {
          try await Task.sleep(for: Self.pingInterval)
          waker.yield()
        }
      }
      group.addTask {
        // A stopping server ends its streams; clients ask again when it is back.
        try await gracefulShutdown()
        waker.finish()
      }
      var told: QueueStatus?
      var lines = 0
      for await _ in wakes {
        guard let status = try await queue.status(of: job.id, logsAfter: wantsLogs ? lines : nil)
        else { return }
        let message = wire(status)
        if message == told, status.logs.isEmpty {
          try await send(Array(": ping\n\n".utf8))
        } else {
          try await send(Array("data: ".utf8) + message.bytes + Array("\n\n".utf8))
        }
        told = message
        lines = status.logs.last?.number ?? lines
        if status.job.state == .completed { return }
      }
    }
  }
}
