public import KeyreelCore

/// Finds the clips of a plan without making any, for a run that only joins what others have made.
public struct ClipFinder: Sendable {
  private let store: any ArtifactStore
  private let reporter: any Reporter
  /// Clips that are fetched at once.
  private static let width = 8

  /// Looks in `store`.
  public init(store: any ArtifactStore, reporter: any Reporter) {
    self.store = store
    self.reporter = reporter
  }

  /// Looks for every clip of `plan`; what is not there is a failure, which keeps no other from being found.
  public func run(_ plan: Plan) async -> ExecutionResult {
    var result = ExecutionResult(currency: plan.currency)
    let jobs = plan.clipJobs
    result.summary.planned = jobs.reduce(.free) { $0 + $1.price }
    await withTaskGroup(of: (ClipJob, Result<Receipt, OperationError>).self) { group in
      var waiting = jobs[...]
      func fill() {
        guard !Task.isCancelled, let job = waiting.popFirst() else { return }
        group.addTask { (job, await find(job)) }
      }
      for _ in 0..<Self.width { fill() }
      while let (job, found) = await group.next() {
        note(found, of: job, in: &result)
        fill()
      }
      if !waiting.isEmpty { result.summary.wasInterrupted = true }
    }
    return result
  }

  private func find(_ job: ClipJob) async -> Result<Receipt, OperationError> {
    do {
      let receipt = try await atStore { [store] in
        guard let receipt = try store.receipt(for: job.key) else { throw Self.missing(job) }
        if let lock = job.lock, !lock.isClip(of: receipt) {
          throw ClipMaker.refusal(of: lock, .other)
        }
        _ = try store.clip(receipt)
        return receipt
      }
      let refusal = ClipVerdict(receipt.inspection, for: job).refusal(of: job)
      return refusal.map { .failure($0) } ?? .success(receipt)
    } catch {
      return .failure(error.error)
    }
  }

  private static func missing(_ job: ClipJob) -> OperationError {
    if let lock = job.lock { return ClipMaker.refusal(of: lock, .missing) }
    return OperationError(
      .notFound, "the clip of \(job.name.segment) is not in the store",
      remedy: "run the shard that makes it, or run without --stitch-only")
  }

  private func note(
    _ found: Result<Receipt, OperationError>, of job: ClipJob, in result: inout ExecutionResult
  ) {
    switch found {
    case .success(let receipt):
      result.receipts[job.key] = receipt
      result.summary.reused += 1
      result.summary.saved = result.summary.saved + receipt.cost
      for name in job.uses { reporter.report(.takeReused(name, key: job.key)) }
      if let remark = ClipVerdict(receipt.inspection, for: job).remark(on: job) {
        reporter.report(.remark(remark))
      }
    case .failure(let error):
      result.summary.failed += 1
      for name in job.uses {
        result.failures.append(.init(take: name, error: error))
        reporter.report(.takeFailed(name, error))
      }
    }
  }
}
