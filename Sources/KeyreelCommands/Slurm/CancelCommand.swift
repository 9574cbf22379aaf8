internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Slurm
internal import SystemPackage

/// `keyreel cancel FILE`: ends a pipeline's jobs on the cluster.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Ends the jobs of a pipeline on the cluster.",
    discussion: """
      Ends those of every plan of the file, found by name and comment. Clips that were made stay in the \
      store, and what was bought is collected by the next run: submitting again continues.

      Examples:
        keyreel cancel film.yaml
      """)

  @Argument(
    help: "The pipeline file, or a plan that `keyreel plan -o` saved.",
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let saved = try SavedPlan.open(file, root: nil, in: context.surroundings)
      let project = Project(
        pipeline: saved?.pipeline ?? file, workingFolder: context.surroundings.workingFolder)
      let slurm = SlurmPipeline.programs(context.surroundings)
      let jobs = try await slurm.jobs().filter {
        $0.isActive
          && $0.note.work.isOf(pipeline: project.pipeline, root: project.root.string)
      }
      guard !jobs.isEmpty else {
        context.output.writeLine("no job of \(file) waits or runs")
        return .success
      }
      // The film's jobs first: they would begin when those before them end.
      let films = jobs.filter { $0.note.role == .film }
      for name in Set(films.map(\.note.name)) { try await slurm.cancel(named: name) }
      let clips = jobs.filter { $0.note.role != .film }
      for name in Set(clips.map(\.note.name)) { try await slurm.cancel(named: name) }
      context.output.writeLine(
        "ended \(clips.count) \(clips.count == 1 ? "task" : "tasks")"
          + (films.isEmpty ? "" : " and the film's job")
          + "; what is made or bought stays in the store, and submitting again goes on from there")
      return .success
    }
  }
}
