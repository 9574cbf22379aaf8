internal import Execution
internal import KeyreelCore
internal import Reporting
internal import Slurm
internal import SystemPackage

/// Submits the jobs of a pipeline, and watches over them where that is wanted.
struct SlurmWatch: Sendable {
  let pipeline: SlurmPipeline
  let slurm: SlurmPrograms
  let context: CommandContext
  let submission: SlurmSubmission
  /// How many parts the plan is divided into.
  let parts: Int

  /// Submits what is missing and not on its way, and says so.
  func submit(file: String, folder: FilePath) async throws {
    let missing = try missingParts()
    guard try !isDone(missing) else {
      return context.output.writeLine("nothing to submit: all clips and films are there")
    }
    let outcome = try await submission.submit(Set(missing.map(\.shard.number)))
    let clips = missing.reduce(0) { $0 + $1.jobs.count }
    let total = pipeline.plan.clipJobs.count
    context.output.writeLine("\(file) as \(pipeline.identity.name)")
    context.output.writeLine("  clips  \(total - clips) of \(total) are there")
    context.output.writeLine("  tasks  \(Self.words(outcome, missing))")
    let film = outcome.active.first { $0.note.role == .film }
    context.output.writeLine(
      "  film   "
        + (film.map {
          "job \($0.id), behind them" + (outcome.submittedFilm ? "" : ", already submitted")
        }
          ?? "its job has ended already"))
    context.output.writeLine("  logs   \(seen(folder))")
    let outdated = pipeline.outdated(try await slurm.jobs()).filter(\.isActive)
    if !outdated.isEmpty {
      context.errors.writeLine(
        "warning: \(outdated.count) jobs and tasks of another plan of this file are in Slurm; those that "
          + "have not begun will refuse it; keyreel cancel \(ShellWord.quoted(file)) ends all")
    }
  }

  /// Waits until the films are there or cannot come any more; submits again what Slurm has lost.
  func untilFilm() async throws -> ExitStatus {
    var pause = Duration.seconds(1)
    var told = ""
    var known = Set<Int>()
    var submissions = 0
    while true {
      let missing = try missingParts()
      if try isDone(missing) {
        context.output.writeLine("the clips and films are there")
        return .success
      }
      let jobs: [SlurmJob]
      do { jobs = pipeline.own(try await slurm.jobs(ended: true)) } catch let error
        as OperationError
        where error.isRetryable
      {
        // A controller that is away comes back; the tasks go on without it.
        try await Task.sleep(for: Self.longestPause)
        continue
      }
      let active = jobs.filter(\.isActive)
      let words = progress(missing, active)
      if words != told { context.errors.writeLine(words) }
      told = words
      let lost = known.subtracting(jobs.map(\.job))
      let isIncomplete = !lost.isEmpty || active.contains(where: \.isHeld)
      // The film's job may have looked before all clips were there.
      let isFilmDue = active.isEmpty && missing.isEmpty
      if isIncomplete || isFilmDue {
        guard submissions < Self.mostSubmissions else { return try fail(missing, jobs) }
        submissions += 1
        if !lost.isEmpty {
          context.errors.writeLine("Slurm has lost \(lost.count) jobs; submitting what is missing")
        }
        do {
          let outcome = try await submission.submit(Set(missing.map(\.shard.number)))
          known = Set(outcome.active.map(\.job))
        } catch let error as OperationError where error.isRetryable {}
      } else if active.isEmpty {
        // Tasks that ended between two looks may have made the last clips.
        let now = try missingParts()
        if now.count == missing.count { return try fail(missing, jobs) }
      } else {
        known = Set(active.map(\.job))
      }
      try await Task.sleep(for: pause)
      pause = min(Self.longestPause, pause * 2)
    }
  }

  /// Sites ask that nobody asks the controller more often.
  private static let longestPause = Duration.seconds(8)
  /// A controller dies rarely; what is submitted more often has another cause.
  private static let mostSubmissions = 8

  private func missingParts() throws -> [ShardWork] {
    try pipeline.work.forecast(pipeline.plan).work(inShards: parts)
  }

  private func isDone(_ missing: [ShardWork]) throws -> Bool {
    try missing.isEmpty && pipeline.work.hasFilms(of: pipeline.plan)
  }

  private func progress(_ missing: [ShardWork], _ active: [SlurmJob]) -> String {
    let total = pipeline.plan.clipJobs.count
    let there = total - missing.reduce(0) { $0 + $1.jobs.count }
    let running = active.count { !$0.isPending }
    return "clips \(there)/\(total), \(running) running, \(active.count - running) waiting"
  }

  private func fail(_ missing: [ShardWork], _ jobs: [SlurmJob]) throws -> ExitStatus {
    let names = missing.flatMap(\.jobs).map(\.name.segment)
    let what =
      names.isEmpty
      ? "the film is not there"
      : "\(names.count) \(names.count == 1 ? "clip is" : "clips are") missing: "
        + names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    let ended = jobs.filter { !$0.isActive && $0.state != "COMPLETED" && $0.part != nil }
    let how = Set(ended.map { "\($0.id) \($0.state)" }).sorted().prefix(5).joined(separator: ", ")
    throw CommandFailure(
      OperationError(
        .init("slurm"), "all jobs have ended, and \(what)" + (how.isEmpty ? "" : " (\(how))"),
        remedy:
          "the logs in .keyreel/slurm/\(pipeline.identity.name) say why; submit again to go on"),
      .runFailed)
  }

  /// Which parts were submitted, and which were on their way.
  private static func words(
    _ outcome: SlurmSubmission.Outcome, _ missing: [ShardWork]
  ) -> String {
    let arrays = Set(outcome.active.filter { $0.part != nil }.map(\.job)).sorted()
    let known = missing.count { !outcome.submitted.contains($0.shard.number) }
    var words = "\(outcome.submitted.count) submitted"
    if known > 0 { words += ", \(known) on their way already" }
    if !arrays.isEmpty {
      words += " (\(arrays.map { "job \($0)" }.joined(separator: ", ")))"
    }
    return words
  }

  private func seen(_ folder: FilePath) -> String {
    var relative = folder
    return relative.removePrefix(pipeline.work.project.workingFolder)
      ? relative.string : folder.string
  }
}
