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

  func run() async throws {
    await Wake.whileServing(queue.workSignals()) { await dispatch($0, $1) }
  }

  private func dispatch(
    _ wakes: AsyncStream<Wake>, _ post: @escaping @Sendable (Wake) -> Void
  ) async {
    await withDiscardingTaskGroup { jobs in
      var free = concurrency
      for await wake in wakes {
        if wake == .ended { free += 1 }
        while free > 0, let taken = await next() {
          free -= 1
          jobs.addTask { [work] in
            await work.perform(taken)
            post(.ended)
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
