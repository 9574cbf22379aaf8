public import KeyreelCore

/// What is ready to be made, what is being made, what is done and what can never be: a pure value.
///
/// It knows recipes, not takes: takes of one recipe are one job, made once. Never more than `limit` run
/// at once; a job whose first picture is the last frame of another clip waits for that clip. Jobs
/// with the longest chain behind them are handed out first, because they decide when the run ends,
/// and otherwise film order holds.
public struct Schedule: Sendable {
  /// How a job ended.
  public enum Ending: Hashable, Sendable {
    /// Its clip is there.
    case made
    /// Its clip cannot be had in this run.
    case failed
  }

  /// A job that was handed out.
  public struct Start: Sendable {
    /// The job.
    public var job: ClipJob
    /// Whether another owner is to be waited for; false on the first try.
    public var waits: Bool
  }

  private enum State { case waiting, ready, running, parked, done, failed, skipped }

  /// All jobs in film order.
  public let jobs: [ClipJob]
  /// How many jobs may run at once.
  public let limit: Int

  private let index: [RecipeKey: Int]
  /// Job numbers from the most to the least urgent, and each job's place in that order.
  private let order: [Int]
  private let ranks: [Int]
  private var states: [State]
  private var dependants: [[Int]]
  private var missing: [Int]
  private var ready: MinHeap<Int>
  private var parked = MinHeap<Int>()
  private var isStopped = false
  /// How many jobs are running.
  public private(set) var running = 0

  /// A schedule of `jobs`, each with another key, at most `limit` at once.
  ///
  /// A fair one hands out the clips of all sequences in turn, where nothing else decides.
  public init(jobs: [ClipJob], limit: Int, isFair: Bool = false) {
    precondition(limit > 0, "a schedule runs at least one job at a time")
    self.jobs = jobs
    self.limit = limit
    let index = Dictionary(uniqueKeysWithValues: zip(jobs.map(\.key), jobs.indices))
    var dependants: [[Int]] = Array(repeating: [], count: jobs.count)
    var missing = Array(repeating: 0, count: jobs.count)
    for (number, job) in jobs.enumerated() {
      // A clip that this plan does not make is looked for in the store when its turn comes.
      for need in job.needs.compactMap({ index[$0] }) {
        dependants[need].append(number)
        missing[number] += 1
      }
    }
    let order = Self.order(dependants, turns: isFair ? Self.turns(jobs) : nil)
    var ranks = Array(repeating: 0, count: jobs.count)
    for (rank, number) in order.enumerated() { ranks[number] = rank }
    ready = MinHeap(ranks.indices.filter { missing[order[$0]] == 0 })
    states = missing.map { $0 == 0 ? .ready : .waiting }
    self.order = order
    self.ranks = ranks
    self.index = index
    self.dependants = dependants
    self.missing = missing
  }

  /// Each job's place among those of its sequence.
  private static func turns(_ jobs: [ClipJob]) -> [Int] {
    var counts: [String: Int] = [:]
    return jobs.map { job in
      let lane = "\(job.name.film)\n\(job.segment.sequence)"
      counts[lane, default: -1] += 1
      return counts[lane, default: 0]
    }
  }

  /// Orders jobs by the length of the longest chain behind them, by their turns and by their numbers.
  private static func order(_ dependants: [[Int]], turns: [Int]?) -> [Int] {
    var lengths = Array(repeating: 0, count: dependants.count)
    // In film order a clip comes before those that start from it, so one pass from the end is enough.
    for number in dependants.indices.reversed() {
      lengths[number] = dependants[number].reduce(0) { max($0, 1 + lengths[$1]) }
    }
    return dependants.indices.sorted { left, right in
      if lengths[left] != lengths[right] { return lengths[left] > lengths[right] }
      if let turns, turns[left] != turns[right] { return turns[left] < turns[right] }
      return left < right
    }
  }

  /// Hands out the next job; `nil` while the limit is reached or nothing is ready.
  ///
  /// Jobs that were parked come last, when nothing else can be done.
  public mutating func next() -> Start? {
    guard running < limit, !isStopped else { return nil }
    let start: (rank: Int, waits: Bool)
    if let rank = ready.popFirst() {
      start = (rank, false)
    } else if let rank = parked.popFirst() {
      start = (rank, true)
    } else {
      return nil
    }
    let number = order[start.rank]
    states[number] = .running
    running += 1
    return Start(job: jobs[number], waits: start.waits)
  }

  /// Puts a running job aside, because another owner is making its clip.
  public mutating func park(_ key: RecipeKey) {
    let number = leave(key)
    states[number] = .parked
    parked.insert(ranks[number])
  }

  /// Notes how a running job ended, and returns the jobs that can never run now.
  public mutating func finish(_ key: RecipeKey, _ ending: Ending) -> [ClipJob] {
    let number = leave(key)
    switch ending {
    case .made:
      states[number] = .done
      for dependant in dependants[number] {
        missing[dependant] -= 1
        if missing[dependant] == 0, states[dependant] == .waiting {
          states[dependant] = .ready
          ready.insert(ranks[dependant])
        }
      }
      return []
    case .failed:
      states[number] = .failed
      return skipDependants(of: number).map { jobs[$0] }
    }
  }

  /// Hands out nothing any more, and returns the jobs that were not begun.
  public mutating func stop() -> [ClipJob] {
    isStopped = true
    let left = states.indices.filter {
      states[$0] == .waiting || states[$0] == .ready || states[$0] == .parked
    }
    for number in left { states[number] = .skipped }
    return left.map { jobs[$0] }
  }

  /// Whether nothing is running and nothing is left to run.
  public var isFinished: Bool {
    running == 0 && (isStopped || (ready.isEmpty && parked.isEmpty))
  }

  private mutating func leave(_ key: RecipeKey) -> Int {
    guard let number = index[key], states[number] == .running else {
      preconditionFailure("only a job that was handed out can end")
    }
    running -= 1
    return number
  }

  private mutating func skipDependants(of number: Int) -> [Int] {
    var skipped: [Int] = []
    var open = dependants[number]
    while let next = open.popLast() {
      guard states[next] == .waiting else { continue }
      states[next] = .skipped
      skipped.append(next)
      open += dependants[next]
    }
    return skipped.sorted()
  }
}
