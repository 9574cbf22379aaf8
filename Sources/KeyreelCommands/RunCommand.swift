internal import ArgumentParser
internal import Execution
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel run FILE`: makes the missing clips and the films.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Makes the missing clips and joins them into the film.",
    discussion: """
      Clips that are in the store are used again; a run that was stopped goes on where it was. Ctrl-C \
      finishes cleanly, a second Ctrl-C stops at once.

      Examples:
        keyreel run pipelines/lake-day.yaml
        keyreel run film.yaml --quiet --events events.jsonl
        keyreel run film.yaml --backend fal --max-cost 5.00
        keyreel run film.yaml --store s3://clips/lake --shard 2/5
        keyreel run film.yaml --store s3://clips/lake --stitch-only
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

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
      var request = options.request(file)
      request.needsAccount = parts.part.makesClips
      let work = try await PipelineWork.prepare(request, in: context.surroundings)
      guard context.tell(work, quiet: quiet), let plan = work.plan else { return .pipelineInvalid }
      // The room for drafts is emptied here and not at some time after the end.
      defer { work.store.close() }
      let film = try FilmRun(
        work: work, plan: plan, part: parts.part,
        executorOptions: .init(
          concurrency: concurrency, waits: !noWait, resubmitted: Set(spending.resubmitted)),
        spending: spending)
      let log = events.map { context.surroundings.workingFolder.pushing(FilePath($0)) }
      if let log { try work.refuseSource(log, named: events ?? "") }
      try film.spending.authorize(spending, context)
      let reporters = try Reporters(
        events: log,
        quiet: quiet, store: work.store.address, context: context)
      defer { reporters.close() }
      let reporter = reporters.reporter
      return try await Interruption().guarding { await film.run(reporter) }
    }
  }
}
