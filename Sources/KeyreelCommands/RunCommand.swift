internal import ArgumentParser
internal import Execution
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel run FILE`: makes the missing clips and the films of a pipeline or a saved plan.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Makes the missing clips and joins them into the film.",
    discussion: """
      Clips that are in the store are used again; a run that was stopped goes on where it was. Ctrl-C \
      finishes cleanly, a second Ctrl-C stops at once.

      A saved plan (`keyreel plan FILE -o film.plan.json`) is planned again and run only if that gives \
      the same; otherwise all that moved is told, and the exit code is 6.

      Examples:
        keyreel run pipelines/lake-day.yaml
        keyreel run film.plan.json --yes
        keyreel run film.yaml --report report.html
        keyreel run film.yaml --quiet --events events.jsonl --report junit.xml
        keyreel run film.yaml --backend fal --max-cost 5.00
        keyreel run film.yaml --store s3://clips/lake --shard 2/5
        keyreel run film.yaml --store s3://clips/lake --stitch-only
      """)

  @Argument(
    help: "The pipeline file, or a plan that `keyreel plan -o` saved.",
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String

  @OptionGroup var policy: PolicyOptions

  @OptionGroup var options: PipelineOptions

  @OptionGroup var spending: SpendingOptions

  @OptionGroup var parts: PartOptions

  @Option(
    help: ArgumentHelp("Make so many clips at once.", valueName: "n"))
  var concurrency: Int?

  @Flag(help: "Exit with 75 instead of waiting for clips that another run is making.")
  var noWait = false

  @Option(
    help: ArgumentHelp("Write what happens as JSON lines to this file.", valueName: "file"),
    completion: .file())
  var events: String?

  @Option(
    help: ArgumentHelp(
      "Write a report of the run to this file: .html, .md, .json or .xml (JUnit).",
      valueName: "file"), completion: .file())
  var report: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write films below this folder instead of the project's root.", valueName: "folder"),
    completion: .directory)
  var into: String?

  @Option(
    help: ArgumentHelp(
      "Tell how far the run is on standard output too: openjd, for engines of Open Job Description.",
      valueName: "form"))
  var progress: ProgressForm?

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    if let concurrency, !(1...512).contains(concurrency) {
      throw ValidationError("--concurrency takes a number from 1 to 512.")
    }
  }

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let saved = try SavedPlan.open(file, root: options.root, in: context.surroundings)
      var request = saved?.request(options) ?? options.request(file)
      request.needsAccount = parts.part.makesClips
      request.filmFolder = into
      let work = try await PipelineWork.prepare(request, in: context.surroundings)
      // The room for drafts is emptied here and not at some time after the end.
      defer { work.store.close() }
      let isSound = context.tell(work, quiet: quiet)
      if let status = try saved?.check(work, making: parts.part, context), status != .success {
        return status
      }
      guard isSound, let plan = work.plan else { return .pipelineInvalid }
      let verdict = try await policy.judge(
        try work.planFile(try work.forecast(plan)), work, named: work.project.displayPath, context)
      guard verdict == .success else { return verdict }
      let film = try FilmRun(
        work: work, plan: plan, part: parts.part,
        executorOptions: .init(
          concurrency: concurrency, waits: !noWait, resubmitted: Set(spending.resubmitted)),
        spending: spending)
      let log = events.map { context.surroundings.workingFolder.pushing(FilePath($0)) }
      if let log { try work.refuseSource(log, named: events ?? "") }
      let reports = try report.map { try ReportFile($0, in: context.surroundings) }
      for report in reports { try report.check(work) }
      try film.spending.authorize(spending, context)
      let reporters = try Reporters(
        events: log, progress: progress, quiet: quiet, store: work.store.address,
        backend: plan.backend, context: context)
      defer { reporters.close() }
      let reporter = reporters.reporter
      let status = try await Interruption().guarding { await film.run(reporter) }
      reporters.remember(for: plan.pipeline, in: work.store)
      // Also of a run that failed: that is when one looks.
      for report in reports {
        let folder = report.path.removingLastComponent()
        try report.write(
          try await ReportGatherer(work: work, plan: plan).gather(seenFrom: folder))
        if !quiet { context.errors.writeLine("report \(report.name)") }
      }
      return status
    }
  }
}
