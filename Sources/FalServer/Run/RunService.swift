internal import FalProtocol
internal import FalQueue
internal import Hummingbird
internal import KeyreelCore

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
    let ended = try await withTaskCancellationHandler {
      try await queue.completion(of: job.id)
    } onCancel: {
      // The client went away: nobody would read the output.
    }
    guard let ended else { throw CancellationError() }
    return try await ResultAnswer(queue).answer(ended, call)
  }
}
