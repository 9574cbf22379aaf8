import KeyreelCore

/// The bookkeeping of one run: the schedule's state and what came of each take so far.
struct ExecutionRun {
  var schedule: Schedule
  var result: ExecutionResult
  /// Whether the maker takes nothing more from this account.
  private var isHeld = false
  private let jobs: [RecipeKey: ClipJob]
  private let reporter: any Reporter
  /// The receipt of a clip that is in the store.
  private let find: (RecipeKey) -> Receipt?

  init(
    plan: Plan, limit: Int, isFair: Bool, reporter: any Reporter,
    find: @escaping (RecipeKey) -> Receipt?
  ) {
    self.find = find
    schedule = Schedule(jobs: plan.clipJobs, limit: limit, isFair: isFair)
    jobs = Dictionary(uniqueKeysWithValues: schedule.jobs.map { ($0.key, $0) })
    result = ExecutionResult(currency: plan.currency)
    result.summary.planned = schedule.jobs.reduce(.free) { $0 + $1.price }
    self.reporter = reporter
  }

  /// Takes note of how the job of `key` went, and tells it.
  mutating func note(_ outcome: ClipMaker.Outcome, of key: RecipeKey) {
    guard let job = jobs[key] else { preconditionFailure("outcomes belong to jobs") }
    switch outcome {
    case .parked: schedule.park(key)
    case .made(let receipt, let elapsed):
      result.summary.spent = result.summary.spent + receipt.cost
      guard use(receipt, for: job) else { return }
      result.summary.made += 1
      reporter.report(
        .takeCommitted(job.name, key: key, inspection: receipt.inspection, elapsed: elapsed))
      for name in job.uses.dropFirst() { reporter.report(.takeReused(name, key: key)) }
    case .reused(let receipt):
      guard use(receipt, for: job) else { return }
      result.summary.reused += 1
      result.summary.saved = result.summary.saved + receipt.cost
      for name in job.uses { reporter.report(.takeReused(name, key: key)) }
    case .failed(let error): fail(job, error)
    case .held(let error):
      if isHeld {
        skip([job] + schedule.finish(key, .failed), because: Self.reason(error))
      } else {
        isHeld = true
        fail(job, error)
        skip(claimingFound(schedule.stop()), because: Self.reason(error))
      }
    case .storeFailed(let error):
      fail(job, error)
      result.storeFailure = result.storeFailure ?? error
      skip(claimingFound(schedule.stop()), because: "the store failed")
    case .unaffordable:
      result.unaffordable.append(key)
      result.unaffordablePrice = result.unaffordablePrice + job.price
      skip([job], because: "the budget does not cover it")
      let dependants = schedule.finish(key, .failed)
      for dependant in dependants {
        result.unaffordable.append(dependant.key)
        result.unaffordablePrice = result.unaffordablePrice + dependant.price
      }
      skip(
        dependants, because: "it starts from \(job.name.segment), which the budget does not cover")
    case .interrupted, .leftToCollect:
      if case .leftToCollect = outcome {
        result.summary.leftToCollect += 1
        skip([job], because: "the run was stopped; it is bought, and the next run collects it")
      } else {
        skip([job], because: "the run was stopped")
      }
      skip(schedule.finish(key, .failed), because: "the run was stopped")
      interrupt()
    }
  }

  private static func reason(_ error: OperationError) -> String {
    error.code == .accountLocked ? "the account is locked" : "the key was not taken"
  }

  /// Begins nothing more.
  mutating func interrupt() {
    result.summary.wasInterrupted = true
    skip(schedule.stop(), because: "the run was stopped")
  }

  /// Tells of what could never begin, which only a plan that was tampered with has.
  mutating func close() {
    skip(schedule.stop(), because: "it starts from itself")
  }

  /// Lets the takes of `job` have the clip; false when it is not what they insist on.
  private mutating func use(_ receipt: Receipt, for job: ClipJob) -> Bool {
    let verdict = ClipVerdict(receipt.inspection, for: job)
    if let refusal = verdict.refusal(of: job) {
      fail(job, refusal)
      return false
    }
    result.receipts[job.key] = receipt
    if let remark = verdict.remark(on: job) { reporter.report(.remark(remark)) }
    _ = schedule.finish(job.key, .made)
    return true
  }

  /// Notes which of `jobs`, that will not be tried any more, have their clips; returns the others.
  private mutating func claimingFound(_ jobs: [ClipJob]) -> [ClipJob] {
    jobs.filter { job in
      guard let receipt = find(job.key),
        ClipVerdict(receipt.inspection, for: job).refusal(of: job) == nil
      else { return true }
      result.receipts[job.key] = receipt
      result.summary.reused += 1
      result.summary.saved = result.summary.saved + receipt.cost
      for name in job.uses { reporter.report(.takeReused(name, key: job.key)) }
      return false
    }
  }

  private mutating func fail(_ job: ClipJob, _ error: OperationError) {
    result.summary.failed += 1
    for name in job.uses {
      result.failures.append(.init(take: name, error: error))
      reporter.report(.takeFailed(name, error))
    }
    skip(schedule.finish(job.key, .failed), because: "\(job.name.segment) failed")
  }

  private mutating func skip(_ jobs: [ClipJob], because reason: String) {
    result.summary.skipped += jobs.count
    for name in jobs.flatMap(\.uses) {
      result.skipped.append(.init(take: name, reason: reason))
      reporter.report(.takeSkipped(name, reason: reason))
    }
  }
}
