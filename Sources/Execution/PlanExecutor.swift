public import KeyreelCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Makes the clips of a plan that are not in the store yet, several at once.
///
/// It decides nothing that the plan could have decided. One task group drives a ``Schedule``; its
/// children return outcomes, so that one failure neither stops nor discards the others. When its task
/// is cancelled it begins nothing more, stops local work, keeps what is finished and returns.
public struct PlanExecutor: Sendable {
  /// How a plan is run.
  public struct Options: Hashable, Sendable {
    /// How many clips are made at once; `nil` leaves it to the backend.
    public var concurrency: Int?
    /// Whether clips that another run is making are waited for; otherwise they fail as `busy`.
    public var waits: Bool
    /// When something that failed is tried again.
    public var backoff: Backoff
    /// When a maker that takes no further request for now is asked again.
    public var patience: Backoff
    /// Segments that are sent again by the author's word, although nobody knows what became of them.
    public var resubmitted: Set<String>

    /// Runs with these settings.
    public init(
      concurrency: Int? = nil, waits: Bool = true, backoff: Backoff = .standard,
      patience: Backoff = .patient, resubmitted: Set<String> = []
    ) {
      self.concurrency = concurrency
      self.waits = waits
      self.backoff = backoff
      self.patience = patience
      self.resubmitted = resubmitted
    }

    /// Whether the author named one of the segments that use the clip of `job`.
    func resubmits(_ job: ClipJob) -> Bool {
      job.uses.contains { resubmitted.contains($0.segment) }
    }
  }

  private let maker: ClipMaker
  private let limit: Int

  /// However many requests are in flight, so many pairs of pictures are in memory and on their way.
  private static let mostPreparing = 16
  /// However many clips arrive at once, so many are decoded and put into the store: some compute while
  /// others wait for the disk.
  private static let mostFinishing = 2 * max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// An executor that keeps clips in `store` and has them made by `backend` for the money in `purse`.
  public init(
    store: any ArtifactStore, backend: any GenerationBackend, pictures: any PictureSupply,
    inspector: any ClipInspector, reporter: any Reporter, options: Options = Options(),
    purse: Purse = Purse()
  ) {
    limit = max(1, options.concurrency ?? backend.concurrencyLimit)
    let preparing = min(limit, Self.mostPreparing)
    maker = ClipMaker(
      store: store, backend: Self.stack(on: backend, options),
      // Both pictures of every clip that is prepared, and one that the next clip shares.
      pictures: PictureShelf(pictures, capacity: 2 * preparing + 1),
      inspector: inspector, reporter: reporter, options: options,
      places: InFlightLimit(most: limit), preparing: InFlightLimit(most: preparing),
      finishing: InFlightLimit(most: Self.mostFinishing), purse: purse)
  }

  /// The decorators around a backend, the outermost last; the schedule keeps its limit.
  private static func stack(
    on backend: any GenerationBackend, _ options: Options
  ) -> any GenerationBackend {
    RetryingBackend(base: backend, backoff: options.backoff)
  }

  /// Makes or finds every clip of `plan`; never throws, the result says what came of each take.
  ///
  /// Reports the events of takes; the beginning and the end of the run are told by the caller, who
  /// knows what else belongs to it.
  public func run(_ plan: Plan) async -> ExecutionResult {
    let clock = ContinuousClock()
    let begin = clock.now
    // Where clips are made elsewhere, no sequence waits for another; here neighbours share keyframes.
    let isFair = maker.backend.ticketsSurviveProcess
    var run = ExecutionRun(
      plan: plan, limit: limit, isFair: isFair, reporter: maker.reporter
    ) { [maker] key in
      (try? maker.store.receipt(for: key)) ?? nil
    }
    await withTaskGroup(of: (RecipeKey, ClipMaker.Outcome).self) { group in
      func fill() {
        if Task.isCancelled { run.interrupt() }
        while let start = run.schedule.next() {
          group.addTask { [maker] in (start.job.key, await maker.outcome(of: start)) }
        }
      }
      fill()
      while let (key, outcome) = await group.next() {
        run.note(outcome, of: key)
        fill()
      }
    }
    run.close()
    run.result.summary.unknown = maker.purse.unknown
    let elapsed = begin.duration(to: clock.now).components
    run.result.summary.milliseconds =
      elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
    return run.result
  }
}
