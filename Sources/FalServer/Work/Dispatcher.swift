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
  /// Most jobs that are taken in one transaction, whose inputs are in memory together.
  private static let handful = 16

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
        while free > 0 {
          let taken = await next(upTo: free)
          for job in taken {
            jobs.addTask { [work] in
              await work.perform(job)
              post(.ended)
            }
          }
          free -= taken.count
          if taken.isEmpty { break }
        }
      }
    }
  }

  private func next(upTo count: Int) async -> [TakenJob] {
    do {
      return try await queue.take(upTo: min(count, Self.handful))
    } catch {
      logger.error("no job can be taken from the queue", metadata: ["error": "\(error)"])
      return []
    }
  }
}
