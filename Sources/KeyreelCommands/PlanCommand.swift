internal import ArgumentParser
internal import Execution
internal import KeyreelCore
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel plan FILE`: what a run would make, reuse and cost.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Says what a run would make, reuse and cost.",
    discussion: """
      Needs no network, no key and no clock, and changes nothing. The same pipeline, pictures and store \
      give the same plan.

      Examples:
        keyreel plan pipelines/lake-day.yaml
        keyreel plan pipelines/lake-day.yaml --backend fal
        keyreel plan film.yaml --backend fal --storyboard approve.html
        keyreel plan film.yaml --format json | jq .cost
        keyreel plan film.yaml --shards 8 --matrix
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(help: "table for people, json for programs, markdown, github for a comment.")
  var format = ReviewFormat.table

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the plan as JSON to this file.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write the storyboard with its prices to this file: .html, .md, .json or .xml.",
      valueName: "file"), completion: .file())
  var storyboard: [String] = []

  @Flag(help: "Exit with 2 when there is something to make.")
  var detailedExitcode = false

  @Option(
    help: ArgumentHelp(
      "Divide the work into so many parts for `run --shard`; goes with --matrix.", valueName: "n"))
  var shards: Int?

  @Flag(help: "Print the parts that have something to make as one line of JSON for a build server.")
  var matrix = false

  @OptionGroup var policy: PolicyOptions

  @OptionGroup var options: PipelineOptions

  func validate() throws {
    guard (shards != nil) == matrix else {
      throw ValidationError("--shards and --matrix go together.")
    }
    if let shards, !(1...Self.mostJobs).contains(shards) {
      throw ValidationError("--shards takes a number from 1 to \(Self.mostJobs).")
    }
  }

  /// Build servers take at most so many jobs of one kind.
  private static let mostJobs = 256

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let work = try await PipelineWork.prepare(options.request(file), in: context.surroundings)
      guard context.tell(work), let plan = work.plan else { return .pipelineInvalid }
      let forecast = try work.forecast(plan)
      if let warning = try budgetWarning(work, plan, forecast) {
        context.errors.writeLine("warning: \(warning)")
      }
      for warning in forecast.lockWarnings { context.errors.writeLine("warning: \(warning)") }
      if let output {
        let target = context.surroundings.workingFolder.pushing(FilePath(output))
        try work.refuseSource(target, named: output)
        let saved = PlanJSON(forecast, pins: try work.pins(of: plan))
        try AuthoredFile.write(saved.bytes, to: target, named: output)
      }
      for name in storyboard {
        let target = try ReportFile(name, in: context.surroundings)
        try target.check(work)
        let folder = target.path.removingLastComponent()
        try target.write(
          try await ReportGatherer(work: work, plan: plan).gather(seenFrom: folder))
        context.errors.writeLine("wrote \(name)")
      }
      if let shards {
        let rows = forecast.work(inShards: shards).map(\.row)
        context.output.write(ShardMatrix(rows).text)
        return .success
      }
      switch format {
      case .json: context.output.write(PlanJSON(forecast, pins: try work.pins(of: plan)).text)
      case .markdown, .github:
        let marker = format == .github ? "plan \(file)" : nil
        context.output.write(PlanMarkdown(forecast, named: file, marker: marker).text)
      case .table where output == nil:
        context.output.write(PlanTable(forecast, style: context.outputStyle).text)
      case .table: context.errors.writeLine("wrote \(output ?? "")")
      }
      let verdict = try await policy.judge(
        try work.planFile(forecast), work, named: work.project.displayPath, context)
      guard verdict == .success, detailedExitcode else { return verdict }
      return try hasWork(work, plan, forecast) ? .workToDo : .success
    }
  }

  /// What the ceilings of the file do not cover; `nil` when they cover the most that the run may cost.
  private func budgetWarning(
    _ work: PipelineWork, _ plan: Plan, _ forecast: Forecast
  ) throws -> String? {
    let ceilings = try Ceilings(
      work.documents.first?.budget, flag: nil, currency: plan.currency, backend: plan.backend
    ) {
      try CommandFailure.atStore { try work.store.ledger() }
    }
    let worst = forecast.cost.new.worst
    guard let lowest = ceilings.lowest, worst > lowest.left else { return nil }
    return
      "the run may cost up to \(Amount(worst, plan.currency)), of \(lowest.name) "
      + "\(Amount(lowest.left, plan.currency)) are left: it stops buying before it would pass that"
  }

  /// Whether a run would make a clip, or join clips into a film that is not there yet.
  private func hasWork(
    _ work: PipelineWork, _ plan: Plan, _ forecast: Forecast
  ) throws -> Bool {
    if forecast.steps.joined().joined().contains(where: { $0.action == .generate }) { return true }
    return try !work.hasFilms(of: plan)
  }
}
