internal import Execution
internal import KeyreelCore
internal import Reporting
internal import Slurm

/// A plan on its way into Slurm, in as many tasks as the site takes.
struct SlurmHandover: Sendable {
  let pipeline: SlurmPipeline
  let slurm: SlurmPrograms
  let setting: SlurmSetting
  /// What is to be bought.
  let purchase: Spending
  let context: CommandContext

  /// Submits what is missing and not on its way, in `tasks` parts where nothing is on its way yet;
  /// returns who watches over it.
  func submit(called file: String, tasks: Int) async throws -> SlurmWatch {
    var parts = try await runningParts() ?? tasks
    while true {
      let watch = try watch(parts)
      do {
        try await watch.submit(called: file)
        return watch
      } catch let error as OperationError where error.code == .slurmLimit {
        // The division is ours; fewer tasks make the same clips.
        guard parts > 1, try await runningParts() == nil else { throw error }
        parts = (parts + 1) / 2
        context.errors.writeLine("\(error.message); trying \(parts) tasks")
      }
    }
  }

  /// The number of parts of the jobs that are on their way; `nil` when there are none.
  private func runningParts() async throws -> Int? {
    SlurmParts.number(of: pipeline.own(try await slurm.jobs()))
  }

  private func watch(_ parts: Int) throws -> SlurmWatch {
    var setting = setting
    let forecast = try pipeline.work.forecast(pipeline.plan)
    setting.ceilings = try SlurmParts.ceilings(
      of: forecast.work(inShards: parts), purchase)
    return SlurmWatch(
      pipeline: pipeline, slurm: slurm, context: context,
      submission: SlurmSubmission(
        pipeline.identity, parts: parts, setting: setting, slurm: slurm), parts: parts,
      logs: setting.folder)
  }
}
