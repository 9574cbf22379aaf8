internal import Execution
internal import KeyreelCore
internal import Keyframes
internal import Media
internal import Storage

/// One run from plan to published films: clips first, then each film whose clips are all there.
struct FilmRun: Sendable {
  let work: PipelineWork
  let plan: Plan
  let reporter: any Reporter
  let executorOptions: PlanExecutor.Options

  /// Runs to the end or to cancellation; failures of single clips and films are reported, not thrown.
  func run() async throws -> ExitStatus {
    let clock = ContinuousClock()
    let begin = clock.now
    let backend = try work.backend.backend()
    let forecast = try work.forecast(plan)
    if forecast.steps.joined().joined().contains(where: { $0.action == .generate }) {
      // A store that takes nothing is told once, and not for every clip.
      _ = try work.store.stage(ending: "mp4")
    }
    reportStart(forecast)
    let executor = PlanExecutor(
      store: work.store, backend: backend, pictures: work.library, inspector: StrictInspector(),
      reporter: reporter, options: executorOptions)
    let result = await executor.run(plan)
    rememberRecipes(result)
    var summary = result.summary
    var status = result.status
    for film in plan.films where status != .storeFailed {
      if Task.isCancelled {
        summary.wasInterrupted = true
        break
      }
      guard film.segments.allSatisfy({ result.receipts[$0.chosen.key] != nil }) else { continue }
      do {
        try await production.produce(film, of: plan, receipts: result.receipts)
        summary.films += 1
      } catch let error as OperationError {
        reporter.report(.filmFailed(film: film.name, error))
        if error.code == .interrupted { summary.wasInterrupted = true }
        status = ExitStatus(of: error)
      }
    }
    let elapsed = begin.duration(to: clock.now).components
    summary.milliseconds = elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
    if status != .success, summary.failed + summary.skipped == 0, !summary.wasInterrupted {
      // Otherwise the summary says so.
      reporter.report(.remark("all clips are kept: run the same command again to make the film"))
    }
    reporter.report(.finished(summary))
    return summary.wasInterrupted ? .interrupted : status
  }

  private var production: FilmProduction {
    FilmProduction(
      root: work.project.root, store: work.store, pictures: work.library, reporter: reporter)
  }

  private func reportStart(_ forecast: Forecast) {
    let actions = forecast.steps.joined().joined().map(\.action)
    reporter.report(
      .started(
        films: plan.films.count, generate: actions.count { $0 == .generate },
        reuse: actions.count { $0 == .reuse }, cost: forecast.cost.new, currency: plan.currency))
  }

  /// Notes what each segment was made with, so that the next plan can say what changed.
  private func rememberRecipes(_ result: ExecutionResult) {
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
