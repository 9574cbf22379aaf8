internal import FalProtocol
internal import KeyreelCore

/// What a ``FinishedBoard`` knows: requests in flight, who waits, what the list has shown.
struct BoardState {
  /// What one that waits is told.
  enum Turn {
    /// The list has shown its result.
    case found(FalRequest.Result)
    /// The list shows it no more, or not in time.
    case over
    /// To look for all who wait.
    case looking
  }

  struct Waiter {
    let endpoint: EndpointID
    let deadline: ContinuousClock.Instant
    /// How many looks had begun when it came.
    let looks: Int
    /// `nil` for the one that looks.
    var turn: CheckedContinuation<Turn, any Error>?
  }

  /// An entry of the list, with its own bill where that is known.
  private struct Shown {
    let output: ModelOutput
    var units: String?
    var questions = 0
  }

  /// Larger inputs, with pictures inside, make pages of the list heavier than the calls that they save:
  /// they come back with every entry.
  private static let largestInput = 32 << 10
  /// Results of other programs on the same account are not kept for ever.
  private static let mostResults = 4096
  /// So many looks must have begun after a request came before its absence means anything: one that
  /// took long may have been answered before the request had ended.
  private static let fairLooks = 2
  /// How often a bill is asked for.
  private static let mostQuestions = 2

  var pace: ListingPace
  /// Requests accepted or collected that have not left, with the time when we learnt of them.
  private(set) var inFlight: [String: ContinuousClock.Instant] = [:]
  /// How many of them each endpoint has.
  private var crowds: [String: Int] = [:]
  private var inputs = (bytes: 0, count: 0)
  var waiters: [String: Waiter] = [:]
  /// Whether one of those who wait looks for all.
  var isLooking = false
  /// How many looks have begun.
  private(set) var looks = 0
  /// When the list is looked at next, at the earliest.
  var nextLook = ContinuousClock.now
  /// How many requests of ours the last look has shown.
  private(set) var lastFound = 0
  /// Every id that the list has shown.
  private var known: Set<String> = []
  private var results: [String: Shown] = [:]
  /// Requests that had ended when they were last looked for, or right after it, with the looks until then.
  private var suspects: [String: (endpoint: EndpointID, looks: Int)] = [:]
  /// The endpoints whose lists the last look asked for.
  private var asked: Set<EndpointID> = []

  init(_ pace: FalPace) { self.pace = ListingPace(pace) }

  /// How many requests of `endpoint` are in flight.
  func crowd(of endpoint: String) -> Int { crowds[endpoint] ?? 0 }

  /// Whether it pays to look for requests of `endpoint`.
  func isWorthIt(_ endpoint: String) -> Bool {
    pace.isWorthIt(inFlight: crowd(of: endpoint))
      && inputs.bytes <= Self.largestInput * max(1, inputs.count)
  }

  mutating func enter(
    _ ticket: Ticket, at now: ContinuousClock.Instant, inputBytes: Int? = nil
  ) {
    if inFlight.updateValue(inFlight[ticket.id] ?? now, forKey: ticket.id) == nil {
      crowds[ticket.endpoint, default: 0] += 1
    }
    guard let inputBytes else { return }
    inputs = (inputs.bytes + inputBytes, inputs.count + 1)
  }

  mutating func leave(_ ticket: Ticket) {
    if inFlight.removeValue(forKey: ticket.id) != nil { crowds[ticket.endpoint, default: 1] -= 1 }
    results[ticket.id] = nil
  }

  func isKnown(_ id: String) -> Bool { known.contains(id) }

  /// Whether the list has shown `id` and will not tell more of it: without a usable output, without a
  /// bill, or taken before.
  func isHopeless(_ id: String) -> Bool {
    guard known.contains(id) else { return false }
    guard let shown = results[id] else { return true }
    return shown.units == nil && shown.questions >= Self.mostQuestions
  }

  /// Takes in what a look has shown; entries without a usable output are only known from now on.
  mutating func note(_ news: [String: ModelOutput?]) {
    for (id, output) in news {
      known.insert(id)
      if let output { results[id] = Shown(output: output) }
    }
    if results.count > Self.mostResults { results = results.filter { inFlight[$0.key] != nil } }
  }

  /// The requests of ours that were shown and whose bills are not known.
  mutating func unbilled() -> [String] {
    let ids = results.keys.filter { id in
      guard let shown = results[id], shown.units == nil else { return false }
      return shown.questions < Self.mostQuestions && inFlight[id] != nil
    }
    for id in ids { results[id]?.questions += 1 }
    return ids
  }

  mutating func note(units: [String: String]) {
    for (id, units) in units { results[id]?.units = units }
  }

  /// Takes the result of `id`, where the list has shown all of it.
  mutating func take(_ id: String, at now: ContinuousClock.Instant) -> FalRequest.Result? {
    guard let shown = results[id], let units = shown.units else { return nil }
    results[id] = nil
    if let since = inFlight[id] { pace.shown(after: since.duration(to: now)) }
    return FalRequest.Result(output: shown.output, billedUnits: units)
  }

  /// Whether the list has shown all of the result of `id`.
  func isShown(_ id: String) -> Bool { results[id]?.units != nil }

  /// Ends a look: who can be told something is to be told it; the next look is put off.
  mutating func settle(at now: ContinuousClock.Instant) -> [(Waiter, Turn)] {
    var told: [(Waiter, Turn)] = []
    var found = 0
    // Those that ended before this look began are on the list, or it lags.
    for (id, suspect) in suspects where suspect.looks < looks && asked.contains(suspect.endpoint) {
      if !known.contains(id) { pace.missed() }
      suspects[id] = nil
    }
    for (id, waiter) in waiters {
      if results[id]?.units != nil { found += 1 }
      // The one that looks fetches its own.
      guard waiter.turn != nil, let result = take(id, at: now) else { continue }
      waiters[id] = nil
      told.append((waiter, .found(result)))
    }
    lastFound = found
    pace.looked(found: found)
    nextLook = now + pace.pause
    return told
  }

  /// Notes that `id` had ended, perhaps before the last look, which did not show it: the next one will tell.
  mutating func suspect(_ id: String, of endpoint: EndpointID) {
    if !known.contains(id) { suspects[id] = (endpoint, looks) }
  }

  /// Begins a look at the lists of all endpoints that somebody waits for.
  mutating func beginLook() -> Set<EndpointID> {
    looks += 1
    asked = Set(waiters.values.map(\.endpoint))
    return asked
  }

  /// Whether `waiter` has waited as long as it meant to, and was looked for.
  func isOver(_ waiter: Waiter, at now: ContinuousClock.Instant) -> Bool {
    waiter.deadline <= now && looks >= waiter.looks + Self.fairLooks
  }

  /// Takes out those whose time is over, or who wait for nothing; all of them once the list is dropped.
  mutating func expire(at now: ContinuousClock.Instant) -> [(Waiter, Turn)] {
    let over = waiters.filter { id, waiter in
      waiter.turn != nil
        && (isOver(waiter, at: now) || pace.isDropped || isHopeless(id))
    }
    for id in over.keys { waiters[id] = nil }
    return over.values.map { ($0, .over) }
  }

  /// Ends the looking of `id`, and makes somebody else look, if anybody waits.
  mutating func handOver(_ id: String) -> Waiter? {
    waiters[id] = nil
    guard let (next, waiter) = waiters.first(where: { $0.value.turn != nil }) else {
      isLooking = false
      return nil
    }
    waiters[next]?.turn = nil
    return waiter
  }
}
