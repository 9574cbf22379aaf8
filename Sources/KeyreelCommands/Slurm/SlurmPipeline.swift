#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import Planning
internal import Reporting
internal import Slurm
internal import Storage
internal import SystemPackage

/// A planned pipeline and its jobs: what the store says of its clips, and Slurm of its tasks.
struct SlurmPipeline {
  let work: PipelineWork
  let plan: Plan
  /// What its jobs are known by.
  let identity: SlurmWork

  /// The jobs of `plan`, as `work` would do it here.
  init(_ work: PipelineWork, _ plan: Plan) throws {
    self.work = work
    self.plan = plan
    // What the store has does not make it another plan.
    let bare = Forecaster().forecast(plan, snapshot: StoreSnapshot())
    let file = PlanJSON(bare, pins: try work.pins(of: plan))
    identity = SlurmWork(
      plan: Digest.of(file.bytes), pipeline: plan.pipeline, root: work.project.root.string,
      store: work.store.address)
  }

  /// Slurm's programs, for this user.
  static func programs(_ surroundings: Surroundings) -> SlurmPrograms {
    SlurmPrograms(environment: surroundings.environment, user: getuid())
  }

  /// Those of `jobs` that work on this, here or in another checkout.
  func own(_ jobs: [SlurmJob]) -> [SlurmJob] { jobs.filter { $0.note.work == identity } }

  /// Those of `jobs` that work on an earlier plan of the same file.
  func outdated(_ jobs: [SlurmJob]) -> [SlurmJob] {
    jobs.filter { $0.note.work != identity && $0.note.work.isOfPipeline(identity) }
  }
}
