internal import FalProtocol
internal import FalQueue
internal import KeyreelCore
internal import Synchronization

/// What the server counts while it runs, for ``MetricsPage``; all names are fixed, so it cannot grow.
final class Meters: Sendable {
  /// Upper bounds of the buckets of answering times, in milliseconds.
  static let bounds = [1, 5, 25, 100, 250, 1000, 5000, 30_000, 120_000]

  /// Answers of one service.
  struct Answers: Sendable {
    /// By the hundreds of the status: 1xx…5xx.
    var byClass = [Int](repeating: 0, count: 5)
    /// By time, not cumulative; the last one has no upper bound.
    var byTime = [Int](repeating: 0, count: Meters.bounds.count + 1)
    /// All times together.
    var time = Duration.zero
  }

  /// All counts at one moment.
  struct Reading: Sendable {
    /// By the service's name.
    var answers: [String: Answers] = [:]
    /// Webhooks that were told.
    var delivered = 0
    /// Tries that failed and are followed by others.
    var failed = 0
    /// Webhooks that are told no more.
    var givenUp = 0
    /// Requests that are being answered.
    var underWay = 0
  }

  private let counts = Mutex(Reading())

  /// All counts.
  var reading: Reading { counts.withLock { $0 } }

  /// A request has come.
  func begin() { counts.withLock { $0.underWay += 1 } }

  /// It was answered with `status` by `service` after `time`.
  func end(_ service: String, status: Int, after time: Duration) {
    let bucket = Self.bounds.firstIndex { time <= .milliseconds($0) } ?? Self.bounds.count
    counts.withLock { counts in
      counts.underWay -= 1
      counts.answers[service, default: Answers()].byClass[min(max(status / 100, 1), 5) - 1] += 1
      counts.answers[service]?.byTime[bucket] += 1
      counts.answers[service]?.time += time
    }
  }

  /// A try to tell a webhook had this fate.
  func count(_ fate: DeliveryFate) {
    counts.withLock { counts in
      switch fate {
      case .delivered: counts.delivered += 1
      case .again: counts.failed += 1
      case .givenUp: counts.givenUp += 1
      case .unknown: break
      }
    }
  }
}
