internal import Execution
internal import KeyreelCore
internal import Keyframes
internal import Media
internal import Storage

/// One run from plan to published films: clips first, then each film whose clips are all there.
struct FilmRun: Sendable {
  let work: PipelineWork
  let plan: Plan
  /// Which part of the plan this run does.
  let part: RunPart
  /// The maker of clips; `nil` where none is made.
  private let backend: (any GenerationBackend)?
  private let forecast: Forecast
  private let executorOptions: PlanExecutor.Options
  /// What the run buys, and what it may spend on it.
  let spending: Spending

  /// Finds all that can keep the run from beginning; throws a ``CommandFailure``.
  init(
    work: PipelineWork, plan: Plan, part: RunPart, executorOptions: PlanExecutor.Options,
    spending options: SpendingOptions
  ) throws {
    let made = part.made(of: plan)
    self.work = work
    self.plan = plan
    self.executorOptions = executorOptions
    self.part = part
    backend = part.makesClips ? try work.maker() : nil
    // Fonts are wanted where films are joined, and nowhere else.
    if part.makesFilms {
      for film in plan.films { try FilmFonts.check(film, root: work.project.root) }
    }
    forecast = try work.forecast(made, asking: part)
    try Self.check(plan, forecast, options, of: work)
    spending = try Spending(work, made, options)
    if forecast.steps.joined().joined().contains(where: { $0.action == .generate }) {
      // A store that takes nothing is told once, and not for every clip.
      _ = try CommandFailure.atStore { try work.store.stage(ending: "mp4") }
    }
  }

  /// Throws for a plan whose films cannot be written, whose locked clips are gone, or whose segments are
  /// not those that `options` name.
  static func check(
    _ plan: Plan, _ forecast: Forecast, _ options: SpendingOptions, of work: PipelineWork
  ) throws {
    try OutputGuard(root: work.project.root, filmFolder: work.project.filmFolder).check(plan)
    try OutputEncoders.check(plan)
    try refuseMissing(forecast, of: work)
    try work.checkSegments(options.resubmitted, of: plan)
  }

  /// Throws when a locked clip is not there whole: it is never bought in its place.
  private static func refuseMissing(_ forecast: Forecast, of work: PipelineWork) throws {
    let pipeline = ShellWord.quoted(work.project.displayPath)
    var refusals: [OperationError] = []
    for var lock in forecast.locks {
      if lock.presence == .kept, try !work.hasWhole(lock.clip) { lock.presence = .missing }
      if let refusal = lock.refusal(pipeline: pipeline) { refusals.append(refusal) }
    }
    guard let first = refusals.first else { return }
    let others =
      switch refusals.count {
      case 1: ""
      case 2: "; so is one more"
      default: "; so are \(refusals.count - 1) more"
      }
    throw CommandFailure(
      OperationError(first.code, first.message + others, remedy: first.remedy), .planRefused)
  }

  /// Runs to the end or to cancellation; failures of single clips and films are reported, not thrown.
  func run(_ reporter: any Reporter) async -> ExitStatus {
    let clock = ContinuousClock()
    let begin = clock.now
    reportStart(to: reporter)
    work.store.pipeline = plan.pipeline
    let result = await makeClips(reporter)
    reportBudget(result, to: reporter)
    // All shards would write to one place; who joins their clips does it once for all of them.
    if !part.isShard { rememberRecipes(result, reporter) }
    var summary = result.summary
    let status =
      part.makesFilms ? await makeFilms(result, &summary, reporter) : result.status
    if case .shard(let shard) = part, status == .success {
      reporter.report(
        .remark("the clips of part \(shard) are there: --stitch-only joins those of all parts"))
    }
    let elapsed = begin.duration(to: clock.now).components
    summary.milliseconds = elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
    if status != .success, summary.failed + summary.skipped == 0, !summary.wasInterrupted,
      part.makesFilms
    {
      // Otherwise the summary says so.
      reporter.report(.remark("all clips are kept: run the same command again to make the film"))
    }
    reporter.report(.finished(summary))
    // That money may be on its way is said before anything else.
    return summary.wasInterrupted && status != .unknownSubmission ? .interrupted : status
  }

  /// Makes the missing clips of this part, or finds those that others have made.
  private func makeClips(_ reporter: any Reporter) async -> ExecutionResult {
    guard let backend else {
      return await ClipFinder(store: work.store, reporter: reporter).run(plan)
    }
    let executor = PlanExecutor(
      store: work.store, backend: backend, pictures: work.library,
      inspector: StrictInspector(measuresEdges: true),
      reporter: reporter, options: executorOptions, purse: spending.purse(work.profiles))
    return await executor.run(part.made(of: plan))
  }

  /// Makes each film whose clips are there; one that fails keeps no other from being made, unless the
  /// disk takes nothing any more.
  private func makeFilms(
    _ result: ExecutionResult, _ summary: inout RunSummary, _ reporter: any Reporter
  ) async -> ExitStatus {
    let production = FilmProduction(
      project: work.project, store: work.store,
      pictures: work.library, reporter: reporter)
    var status = result.status
    var obstacle = result.storeFailure
    for film in plan.films {
      if Task.isCancelled {
        summary.wasInterrupted = true
        break
      }
      // Which takes are missing, and why, has been told.
      guard film.segments.allSatisfy({ result.receipts[$0.chosen.key] != nil }) else { continue }
      if let obstacle {
        reporter.report(.filmFailed(film: film.name, Self.notTried(because: obstacle)))
        continue
      }
      do {
        try await production.produce(film, of: plan, receipts: result.receipts)
        summary.films += 1
      } catch {
        let failure = CommandFailure(error)
        if failure.status == .interrupted {
          // That the run was stopped is said at its end; the film is nobody's failure.
          summary.wasInterrupted = true
          status = status.joined(with: failure.status)
          break
        }
        reporter.report(.filmFailed(film: film.name, failure.error))
        if failure.error.code == .diskFull { obstacle = failure.error }
        status = status.joined(with: failure.status)
      }
    }
    return status
  }

  private static func notTried(because obstacle: OperationError) -> OperationError {
    OperationError(
      obstacle.code, "the film was not tried, because the store had failed",
      remedy: "mend that and run again", underlying: obstacle)
  }

  private func reportStart(to reporter: any Reporter) {
    let actions = forecast.steps.joined().joined().map(\.action)
    reporter.report(
      .started(
        films: part.makesFilms ? plan.films.count : 0, generate: actions.count { $0 == .generate },
        reuse: actions.count { $0 == .reuse || $0 == .locked },
        // What was bought earlier is only collected.
        cost: plan.backend.isPriced ? spending.price : forecast.cost.new, currency: plan.currency))
    for warning in forecast.lockWarnings { reporter.report(.warning(warning)) }
  }

  private func reportBudget(_ result: ExecutionResult, to reporter: any Reporter) {
    guard !result.unaffordable.isEmpty else { return }
    let count = result.unaffordable.count
    let price = result.unaffordablePrice
    let ceiling = spending.ceilings.lowest.map {
      "\($0.name) of \(Amount($0.whole, plan.currency))"
    }
    reporter.report(
      .warning(
        "\(ceiling ?? "the budget") does not cover \(count) \(count == 1 ? "clip" : "clips"), which would "
          + "cost \(Amount(price.expected, plan.currency)), at most \(Amount(price.worst, plan.currency)): "
          + "what was bought is kept; raise it and run again for the rest"))
  }

  /// Notes what each segment was made with, so that the next plan can say what changed.
  private func rememberRecipes(_ result: ExecutionResult, _ reporter: any Reporter) {
    var recipes: [String: RecipeKey] = [:]
    for film in plan.films {
      for segment in film.segments {
        for take in segment.takes where result.receipts[take.key] != nil {
          let name = StoreSnapshot.segmentName(
            film: film.name, segment: segment.id, take: take.number)
          recipes[name] = take.key
        }
      }
    }
    do {
      try work.store.remember(recipes, pipeline: plan.pipeline)
    } catch {
      // Only the explanations of later plans suffer; a store that failed has been told of already.
      guard result.status == .success, !recipes.isEmpty else { return }
      reporter.report(.remark("the store keeps no history of this run: \(error)"))
    }
  }
}
