internal import FalProtocol
internal import FalQueue
internal import Hummingbird
internal import KeyreelCore
internal import ServiceLifecycle

/// `fal.run`: one call that waits for the output.
struct RunService: ServiceHandler {
  let queue: JobQueue
  let keys: KeyCheck
  let desk: SubmissionDesk

  func answer(_ call: Call) async throws -> Response {
    guard let route = QueueRoute(path: call.path) else { throw Refusal.noSuchPath }
    guard case .submit(let endpoint) = route else {
      throw Refusal(
        .notFound, "Here are only synchronous runs; requests are asked for at the queue")
    }
    try call.require(method: route.method)
    let owner = try await keys.owner(of: call)
    let job = try await desk.accept(endpoint, owner: owner, call).job
    guard let ended = try await ended(job.id) else { throw CancellationError() }
    return try await ResultAnswer(queue).answer(ended, call)
  }

  /// The job when it has ended; `nil` when a stopping server does not begin it any more.
  private func ended(_ id: String) async throws -> Job? {
    try await withThrowingTaskGroup(of: Job?.self) { group in
      defer { group.cancelAll() }
      group.addTask { [queue] in try await queue.completion(of: id) }
      group.addTask { [queue] in
        try await gracefulShutdown()
        // One that is under way may end yet.
        if let job = try await queue.job(id), job.state == .running {
          return try await queue.completion(of: id)
        }
        return nil
      }
      return try await group.next() ?? nil
    }
  }
}
