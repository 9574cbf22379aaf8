internal import ArgumentParser
internal import Execution
internal import KeyreelCore
internal import Reporting
internal import Slurm
internal import Storage
internal import SystemPackage

/// `keyreel submit FILE`: has a cluster make the missing clips and join them.
struct SubmitCommand: AsyncParsableCommand {
  /// Who runs the jobs.
  enum Engine: String, ExpressibleByArgument, CaseIterable {
    /// Slurm, by its own programs.
    case slurm
  }

  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Has a cluster make the missing clips and the film.",
    discussion: """
      A job array makes the clips, each task a part of them (chained ones together), and a job behind it \
      joins them. The store must be one that all machines share. Submitting again continues: what is in \
      the store is not made again, and what is waiting or running is not submitted again. Flags behind \
      -- go to sbatch as they are; behind a second --, those of the job that joins.

      Examples:
        keyreel submit film.yaml --engine slurm --store shared:/lustre/team/clips -- --partition=gpu --gpus=1
        keyreel submit film.plan.json --store s3://clips/lake --tasks 16 --at-once 4 --wait
        keyreel submit film.yaml --store shared:../clips -- -p gpu --gpus=1 -- -p cpu
      """)

  @Argument(
    help: "The pipeline file, or a plan that `keyreel plan -o` saved.",
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String

  @Option(help: "The cluster's engine.")
  var engine = Engine.slurm

  @Option(
    help: ArgumentHelp(
      "Divide the work into so many tasks; default: one for eight clips, 64 at most.",
      valueName: "n"))
  var tasks: Int?

  @Option(help: ArgumentHelp("Let so many tasks run at once.", valueName: "n"))
  var atOnce: Int?

  @Flag(help: "Wait for the film; submit again what Slurm loses.")
  var wait = false

  @Option(help: ArgumentHelp("Make so many clips at once in each task.", valueName: "n"))
  var concurrency: Int?

  @OptionGroup var policy: PolicyOptions

  @OptionGroup var options: PipelineOptions

  @OptionGroup var spending: SpendingOptions

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("Flags for sbatch, behind --.", valueName: "site flags"))
  var siteFlags: [String] = []

  func validate() throws {
    if let tasks, !(1...Shard.mostShards).contains(tasks) {
      throw ValidationError("--tasks takes a number from 1 to \(Shard.mostShards).")
    }
    if let atOnce, atOnce < 1 { throw ValidationError("--at-once takes a number from 1.") }
    if let concurrency, !(1...512).contains(concurrency) {
      throw ValidationError("--concurrency takes a number from 1 to 512.")
    }
  }

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let site = try CommandFailure.meaning(.usage) { try SiteFlags(siteFlags) }
      let runnable: RunnablePlan
      switch try await RunnablePlan.prepare(
        file, options, policy, part: .whole, quiet: false, context)
      {
      case .ready(let plan): runnable = plan
      case .refused(let status): return status
      }
      let (work, plan) = (runnable.work, runnable.plan)
      defer { work.store.close() }
      let forecast = try work.forecast(plan)
      let purchase = try check(work, plan, forecast)
      try purchase.authorize(spending, context)
      let pipeline = try SlurmPipeline(work, plan)
      let folder = try CommandFailure.atStore {
        try SubmissionFolder.prepare(
          pipeline.identity.name, root: work.project.root,
          plan: PlanJSON(forecast, pins: try work.pins(of: plan)).bytes)
      }
      var setting = try setting(work, folder, context)
      (setting.clipFlags, setting.filmFlags) = (site.clips, site.film)
      // A month's budget is spent from by one run at a time.
      let isMonthly = work.documents.first?.budget?.month != nil && plan.backend.isPriced
      setting.atOnce = isMonthly ? 1 : atOnce
      let handover = SlurmHandover(
        pipeline: pipeline, slurm: SlurmPipeline.programs(context.surroundings), setting: setting,
        purchase: purchase, context: context)
      return try await Interruption().guarding { [file, tasks, wait] in
        let watch = try await handover.submit(
          called: file, tasks: tasks ?? SlurmParts.usual(for: plan))
        return wait ? try await watch.untilFilm() : .success
      }
    }
  }

  /// Finds all that can keep the tasks from beginning; returns what is to be bought.
  private func check(
    _ work: PipelineWork, _ plan: Plan, _ forecast: Forecast
  ) throws -> Spending {
    guard work.store.isShared, !options.store.readOnlyStore else {
      throw CommandFailure(
        OperationError(
          .unsupported,
          "the store \(work.store.address) is one of this machine alone, or only read: tasks on others "
            + "cannot use it",
          remedy: "name a shared one: --store shared:/folder/that/all/nodes/have or --store "
            + "s3://bucket/prefix"), .usage)
    }
    try FilmRun.check(plan, forecast, spending, of: work)
    return try Spending(work, plan, spending, isBuyer: false)
  }

  /// What the jobs run, in words that mean the same on every machine.
  private func setting(
    _ work: PipelineWork, _ folder: FilePath, _ context: CommandContext
  ) throws -> SlurmSetting {
    guard let program = context.surroundings.program else {
      throw OperationError(.unsupported, "this system does not tell where the running program is")
    }
    var words = [
      program.string, "run", folder.appending("plan.json").string, "--store", work.store.address,
      "--yes",
    ]
    for other in options.store.readStores {
      words += ["--read-store", StoreChoice.absolute(other, in: context.surroundings)]
    }
    if let backend = options.backend { words += ["--backend", backend] }
    if options.allowOutside { words.append("--allow-outside") }
    var setting = SlurmSetting(
      workingFolder: work.project.root.string, folder: folder.string, command: words)
    if let concurrency { setting.clipWords += ["--concurrency", "\(concurrency)"] }
    for segment in spending.resubmitted {
      setting.clipWords += ["--resubmit-unknown", segment]
    }
    setting.exported = ExportedVariables.names(in: context.surroundings.environment)
    return setting
  }
}
