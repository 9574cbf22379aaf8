internal import FalQueue
internal import KeyreelCore
internal import Logging
internal import ServiceLifecycle

/// Delivers webhooks when they are due, so many at once; the queue decides when one is tried again.
///
/// What is under way when the server stops is tried again after its next start.
struct WebhookService: Service {
  let queue: JobQueue
  let courier: WebhookCourier
  let meters: Meters
  let logger: Logger

  /// Posts at once; a slow receiver holds up one of them.
  private static let width = 16

  func run() async throws {
    await Wake.whileServing(queue.deliverySignals()) { await deliver($0, $1) }
  }

  private func deliver(
    _ wakes: AsyncStream<Wake>, _ post: @escaping @Sendable (Wake) -> Void
  ) async {
    await withDiscardingTaskGroup { posts in
      var free = Self.width
      var look = NextLook()
      for await wake in wakes {
        if wake == .ended { free += 1 }
        for delivery in await due(free) {
          free -= 1
          posts.addTask {
            await deliver(delivery)
            post(.ended)
          }
        }
        // With no hand free, the next one to be free looks.
        guard free > 0, let delay = await delay(), look.moves(to: delay) else { continue }
        posts.addTask {
          await NextLook.pause(delay)
          post(.look)
        }
      }
    }
  }

  /// How long until the next one is due.
  private func delay() async -> Duration? {
    do {
      let next = try await queue.nextDeliveryTime()
      return next.map { .milliseconds(max(10, $0.milliseconds - queue.now.milliseconds)) }
    } catch {
      return .seconds(1)
    }
  }

  private func due(_ limit: Int) async -> [Delivery] {
    guard limit > 0 else { return [] }
    do {
      return try await queue.takeDueDeliveries(limit: limit)
    } catch {
      logger.error("webhooks cannot be read", metadata: ["error": "\(error)"])
      return []
    }
  }

  private func deliver(_ delivery: Delivery) async {
    let result = await courier.deliver(delivery, now: queue.now)
    // Cut off by the server's end: neither told nor failed.
    guard !Task.isCancelled else { return }
    do {
      let fate = try await queue.record(result, of: delivery)
      meters.count(fate)
      tell(result, fate, delivery)
    } catch {
      logger.error("a webhook's outcome cannot be written", metadata: ["error": "\(error)"])
    }
  }

  private func tell(_ result: DeliveryResult, _ fate: DeliveryFate, _ delivery: Delivery) {
    var notes: Logger.Metadata = [
      "request": "\(delivery.job.id)", "try": "\(delivery.tries + 1)",
    ]
    switch result {
    case .delivered: return logger.info("told a webhook", metadata: notes)
    case .failed(let reason), .refused(let reason): notes["reason"] = "\(reason)"
    }
    if fate == .givenUp {
      logger.warning("gave a webhook up", metadata: notes)
    } else {
      logger.info("a webhook could not be told yet", metadata: notes)
    }
  }
}
