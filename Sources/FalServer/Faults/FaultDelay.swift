internal import KeyreelCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How long something is held up: a distribution of times.
public enum FaultDelay: Sendable, Hashable {
  /// Always the same.
  case fixed(Duration)
  /// Any time in between, all as likely.
  case uniform(Duration, Duration)
  /// Mostly short and sometimes long, with this mean, and never more than the limit.
  case exponential(mean: Duration, limit: Duration)

  /// The time for a draw from 0 up to 1.
  func time(_ draw: Double) -> Duration {
    switch self {
    case .fixed(let time): time
    case .uniform(let least, let most): least + (most - least) * draw
    case .exponential(let mean, let limit): min(limit, mean * -log(1 - draw))
    }
  }
}
