internal import FalQueue
internal import KeyreelCore
internal import Logging
internal import ServiceLifecycle

/// What must happen in time though nobody asks: jobs that wait too long end, old things go.
struct Housekeeper: Service {
  let queue: JobQueue
  let logger: Logger

  /// How often old payloads, jobs, files and uploads are looked for.
  private static let sweepInterval = Duration.seconds(600)
  /// How long a look at the deadlines holds, however many jobs come.
  private static let patience = Duration.milliseconds(50)

  func run() async throws {
    let (looks, post) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    await withDiscardingTaskGroup { group in
      group.addTask { [queue] in
        for await _ in queue.workSignals() { post.yield() }
      }
      group.addTask {
        try? await gracefulShutdown()
        post.finish()
      }
      group.addTask { await sweep() }
      post.yield()
      var next = NextLook()
      for await _ in looks {
        if let delay = await expire(), next.moves(to: delay) {
          group.addTask {
            await NextLook.pause(delay)
            post.yield()
          }
        }
        await NextLook.pause(Self.patience)
      }
      group.cancelAll()
    }
  }

  /// Ends the jobs whose start deadline passed, also when every worker is busy; tells when to look again.
  private func expire() async -> Duration? {
    do {
      guard let deadline = try await queue.nextStartDeadline() else { return nil }
      let rest = deadline.milliseconds - queue.now.milliseconds
      if rest > 0 { return .milliseconds(rest) }
      let count = try await queue.expireOverdue()
      if count > 0 {
        logger.info("requests did not start in time", metadata: ["count": "\(count)"])
      }
      guard let next = try await queue.nextStartDeadline() else { return nil }
      return .milliseconds(max(0, next.milliseconds - queue.now.milliseconds))
    } catch {
      logger.error("deadlines cannot be read", metadata: ["error": "\(error)"])
      return .seconds(1)
    }
  }

  private func sweep() async {
    while !Task.isCancelled, !Task.isShuttingDownGracefully {
      do {
        let report = try await queue.sweep()
        if report.payloads + report.jobs + report.files + report.uploads == 0 {
          await NextLook.pause(Self.sweepInterval)
        } else {
          logger.info(
            "removed what was past its time",
            metadata: [
              "payloads": "\(report.payloads)", "jobs": "\(report.jobs)",
              "files": "\(report.files)", "uploads": "\(report.uploads)",
            ])
        }
      } catch {
        logger.error("old things cannot be removed", metadata: ["error": "\(error)"])
        await NextLook.pause(Self.sweepInterval)
      }
    }
  }
}
