internal import ArgumentParser
internal import Execution
internal import KeyreelCore
internal import Reporting
internal import Slurm
internal import Storage

/// `keyreel jobs [FILE]`: what a cluster does for a pipeline, and how far it is.
struct JobsCommand: AsyncParsableCommand {
  /// How jobs are printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// For programs.
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "Shows the jobs of pipelines on the cluster, and how far they are.",
    discussion: """
      With FILE, how many clips are there is read from the store, on any machine; what waits and runs is \
      asked of Slurm, where its commands are. Without FILE, all of your jobs that keyreel submitted.

      Examples:
        keyreel jobs
        keyreel jobs film.yaml --store shared:/lustre/team/clips
        keyreel jobs film.yaml --store s3://clips/lake --format json
      """)

  @Argument(
    help: "The pipeline file, or a plan that `keyreel plan -o` saved.",
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String?

  @Option(help: "table for people, json for programs.")
  var format = Format.table

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let slurm = SlurmPipeline.programs(context.surroundings)
      let reports: [JobsReport]
      if let file {
        guard let report = try await report(of: file, slurm, context) else {
          return .pipelineInvalid
        }
        reports = [report]
      } else {
        reports = Self.reports(of: try await slurm.jobs().filter(\.isActive))
      }
      switch format {
      case .table:
        let texts = reports.map { $0.text(style: context.outputStyle) }
        context.output.write(
          texts.isEmpty ? "no job of yours waits or runs\n" : texts.joined(separator: "\n"))
      case .json:
        var text = JSONText()
        text.array { text in for report in reports { report.write(to: &text) } }
        context.output.writeLine(text.string)
      }
      return .success
    }
  }

  /// The jobs of all pipelines, by their names and comments alone.
  private static func reports(of jobs: [SlurmJob]) -> [JobsReport] {
    let works = Dictionary(grouping: jobs, by: \.note.work)
    let order = works.keys.sorted { ($0.pipeline, $0.name) < ($1.pipeline, $1.name) }
    return order.map { work in
      var report = JobsReport(pipeline: work.pipeline, name: work.name)
      report.rows = JobRows(works[work] ?? []).rows
      return report
    }
  }

  /// What the store and Slurm say of `file`; `nil` for a pipeline with mistakes, which are told.
  private func report(
    of file: String, _ slurm: SlurmPrograms, _ context: CommandContext
  ) async throws -> JobsReport? {
    let saved = try SavedPlan.open(file, in: context.surroundings)
    let work = try await PipelineWork.prepare(
      saved?.request(options) ?? options.request(file), in: context.surroundings)
    defer { work.store.close() }
    guard context.tell(work, quiet: true), let plan = work.plan else { return nil }
    let pipeline = try SlurmPipeline(work, plan)
    var report = JobsReport(pipeline: file, name: pipeline.identity.name)
    let forecast = try work.forecast(plan)
    let missing = Set(forecast.missingClips.map(\.key))
    let total = plan.clipJobs.count
    report.clips = .init(total - missing.count, of: total)
    let hasFilms = try work.hasFilms(of: plan)
    report.hasFilms = hasFilms
    do {
      let all = try await slurm.jobs(ended: true)
      var rows = JobRows(pipeline.own(all))
      rows.logs = ".keyreel/slurm/\(pipeline.identity.name)"
      rows.count(plan, missing: missing)
      report.rows = rows.rows
      if rows.lacksJobs(filmIsThere: hasFilms) {
        report.remarks.append("to go on, submit again: keyreel submit \(ShellWord.quoted(file))")
      }
      let outdated = pipeline.outdated(all).count(where: \.isActive)
      if outdated > 0 {
        report.remarks.append("\(outdated) more work on another plan of this file")
      }
    } catch let error as OperationError {
      report.remarks.append("what waits or runs is not known: \(error.message)")
    }
    return report
  }
}
