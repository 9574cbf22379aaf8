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
  /// The folder of the jobs' logs.
  let logs: String

  /// Submits what is missing and not on its way, and says so.
  func submit(called file: String) async throws {
    let missing = try missingParts()
    guard try !isDone(missing) else {
      return context.output.writeLine("nothing to submit: all clips and films are there")
    }
    let outcome = try await submission.submit(Set(missing.map(\.shard.number)))
    let total = pipeline.plan.clipJobs.count
    let film = outcome.active.first { $0.note.role == .film }.map { job in
      "job \(job.id), behind them" + (outcome.submittedFilm ? "" : ", already submitted")
    }
    for line in [
      "\(file) as \(pipeline.identity.name)",
      "  clips  \(total - missing.reduce(0) { $0 + $1.jobs.count }) of \(total) are there",
      "  tasks  \(Self.words(outcome, missing))",
      "  film   \(film ?? "its job has ended already")",
      "  logs   \(seen(logs))",
    ] { context.output.writeLine(line) }
    let outdated = pipeline.outdated(try await slurm.jobs()).count(where: \.isActive)
    guard outdated > 0 else { return }
    context.errors.writeLine(
      "warning: \(outdated) jobs and tasks of another plan of this file are in Slurm; those that have "
        + "not begun will refuse it; keyreel cancel \(ShellWord.quoted(file)) ends all")
  }

  /// Waits until the films are there or cannot come any more; submits again what Slurm has lost.
  func untilFilm() async throws -> ExitStatus {
    var pause = Duration.seconds(1)
    var told = ""
    var known = Set<String>()
    var (submissions, films) = (0, 0)
    while true {
      let missing = try missingParts()
      if try isDone(missing) {
        context.output.writeLine("the clips and films are there")
        return .success
      }
      if let jobs = try await listedJobs() {
        let active = jobs.filter(\.isActive)
        let words = progress(missing, active)
        if words != told { context.errors.writeLine(words) }
        told = words
        let lost = known.subtracting(jobs.map(\.id))
        known = Set(active.map(\.id))
        // The film's job may have looked before all clips were there.
        let isFilmDue = active.isEmpty && missing.isEmpty
        if !lost.isEmpty || isFilmDue || active.contains(where: \.isHeld) {
          submissions += 1
          films += isFilmDue ? 1 : 0
          if submissions > Self.mostSubmissions || films > Self.mostFilms {
            throw failure(missing, jobs)
          }
          try await submitAgain(missing, lost: lost.count)
        } else if active.isEmpty, try missingParts().count == missing.count {
          // Tasks that ended between two looks might have made the last clips.
          throw failure(missing, jobs)
        }
      }
      try await Task.sleep(for: pause)
      pause = min(Self.longestPause, pause * 2)
    }
  }

  /// The jobs of this work, ended ones included; `nil` while Slurm's controller is away, without which
  /// tasks go on.
  private func listedJobs() async throws -> [SlurmJob]? {
    do { return pipeline.own(try await slurm.jobs(ended: true)) } catch let error as OperationError
      where error.isRetryable
    {
      return nil
    }
  }

  private func submitAgain(_ missing: [ShardWork], lost: Int) async throws {
    if lost > 0 {
      context.errors.writeLine("Slurm has lost \(lost) jobs; submitting what is missing")
    }
    // What cannot be submitted now is tried at the next look.
    do { _ = try await submission.submit(Set(missing.map(\.shard.number))) } catch let error
      as OperationError where error.isRetryable || error.code == .slurmLimit
    {}
  }

  /// Sites ask that nobody asks the controller more often.
  private static let longestPause = Duration.seconds(8)
  /// A controller dies rarely; what is submitted more often has another cause.
  private static let mostSubmissions = 8
  /// Clips that are all there and cannot be joined stay so.
  private static let mostFilms = 2

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

  private func failure(_ missing: [ShardWork], _ jobs: [SlurmJob]) -> CommandFailure {
    let names = missing.flatMap(\.jobs).map(\.name.segment)
    let what =
      names.isEmpty
      ? "the film is not there"
      : "\(names.count) \(names.count == 1 ? "clip is" : "clips are") missing: "
        + names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    let ended = jobs.filter { !$0.isActive && $0.state != "COMPLETED" }
    let how = Set(ended.map { "\($0.id) \($0.state)" }).sorted().prefix(5).joined(separator: ", ")
    return CommandFailure(
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

  private func seen(_ folder: String) -> String {
    var relative = FilePath(folder)
    return relative.removePrefix(pipeline.work.project.workingFolder) ? relative.string : folder
  }
}
