internal import FalQueue
internal import Logging
internal import ServiceLifecycle

/// Takes jobs from the queue, so many at once, and has them done.
///
/// When the server is told to stop it takes no more and lets what is under way finish, as long as the
/// server's grace lasts; what is cut off waits in the queue when the server is started again.
struct Dispatcher: Service {
  let queue: JobQueue
  let work: JobWork
  /// Jobs under way at once.
  let concurrency: Int
  let logger: Logger

  private enum Event {
    /// A job may wait.
    case look
    /// A job under way has ended.
    case ended
  }

  func run() async throws {
    let (events, post) = AsyncStream<Event>.makeStream()
    await withTaskGroup(of: Void.self) { signals in
      signals.addTask { [queue] in
        for await _ in queue.workSignals() { post.yield(.look) }
      }
      signals.addTask {
        try? await gracefulShutdown()
        post.finish()
      }
      post.yield(.look)
      await dispatch(events) { post.yield(.ended) }
      signals.cancelAll()
    }
  }

  private func dispatch(
    _ events: AsyncStream<Event>, ended: @escaping @Sendable () -> Void
  ) async {
    await withDiscardingTaskGroup { jobs in
      var free = concurrency
      for await event in events {
        if event == .ended { free += 1 }
        while free > 0, let taken = await next() {
          free -= 1
          jobs.addTask { [work] in
            await work.perform(taken)
            ended()
          }
        }
      }
    }
  }

  private func next() async -> TakenJob? {
    do {
      return try await queue.take()
    } catch {
      logger.error("no job can be taken from the queue", metadata: ["error": "\(error)"])
      return nil
    }
  }
}
