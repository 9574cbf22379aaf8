/// Whether, how often and for how long the platform's list of finished requests is looked at: a pure value.
///
/// The list is a hint. It has to prove itself by showing requests of ours; one that refuses, breaks or
/// lags is dropped for good. It costs two calls a look (requests, bills) and saves two calls for each
/// request that it shows in time (event stream, result).
struct ListingPace: Sendable {
  /// Requests in flight from which a look is worth its calls, as long as nothing else is known.
  private let many: Int
  /// The pause between looks while they find something.
  private let shortest: Duration
  private let firstStart: Duration

  /// Whether the list is looked at no more.
  private(set) var isDropped = false
  /// Whether it has shown a request of ours and was not dropped since.
  private(set) var isProven = false
  /// How long the next look is put off.
  private(set) var pause: Duration
  /// How many requests it may still miss; each that it shows adds a little.
  private var trust = Self.fairTries
  private var foundPerLook = 0.0
  /// How long requests took of late, from their acceptance to their end as we learnt of it.
  private var usual: Duration?

  /// Where requests take longer, people want to see how far they are: each is followed by itself.
  private static let longWait = Duration.seconds(5)
  /// For each so many in flight these times are once as long, up to so many times.
  private static let (crowd, mostStretch) = (64, 3)
  private static let longestPause = Duration.seconds(2)
  /// So many requests that had ended and were not shown mean that a new list lags; one that has shown
  /// hundreds may miss a few more at once, as when hundreds end while it answers.
  private static let (fairTries, mostTrust, trustPerShown) = (3.0, 24.0, 0.25)

  init(_ pace: FalPace) {
    many = pace.listFrom
    shortest = pace.listPause
    firstStart = pace.listHeadStart
    pause = pace.listPause
  }

  /// Whether a look is worth its calls with so many requests in flight.
  func isWorthIt(inFlight: Int) -> Bool {
    !isDropped && (inFlight >= many || (isProven && foundPerLook >= 2 && inFlight > 1))
  }

  /// For how long a new request is looked for in the list alone, before it is followed by itself.
  ///
  /// Of hundreds `inFlight` each takes longer, and nobody watches each.
  func headStart(inFlight: Int) -> Duration {
    let stretch = min(Self.mostStretch, max(1, inFlight / Self.crowd))
    guard let usual else { return firstStart * stretch }
    let longWait = Self.longWait * stretch
    return usual > longWait ? .zero : min(longWait, max(firstStart / 2, usual * 2))
  }

  /// Notes a look that showed so many requests that were waited for.
  mutating func looked(found: Int) {
    foundPerLook = foundPerLook * 0.8 + Double(found) * 0.2
    let fitting = min(Self.longestPause, max(shortest, (usual ?? .zero) / 8))
    pause = found > 0 ? fitting : min(Self.longestPause, max(pause, fitting) * 3 / 2)
  }

  /// Notes that a request was shown so long after its acceptance.
  mutating func shown(after time: Duration) {
    if !isDropped { isProven = true }
    trust = min(Self.mostTrust, trust + Self.trustPerShown)
    ended(after: time)
  }

  /// Notes that a request ended so long after its acceptance.
  mutating func ended(after time: Duration) {
    usual = usual.map { ($0 * 7 + time) / 8 } ?? time
  }

  /// Notes a request that had ended long enough ago to be shown, and was not.
  mutating func missed() {
    trust -= 1
    if trust <= 0 { drop() }
  }

  /// Ends the looking for good.
  mutating func drop() {
    isDropped = true
    isProven = false
  }
}
