internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Review
internal import SystemPackage

/// `keyreel diff OLD NEW`: what changes from one plan to another.
struct DiffCommand: AsyncParsableCommand {
  /// How the difference is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// For people at a terminal.
    case table
    /// For pages.
    case markdown
    /// For programs; `schemas/diff.schema.json`.
    case json
    /// For one comment on a pull request that is found again and updated.
    case github
  }

  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Says what changes from one plan to another.",
    discussion: """
      Each side is a pipeline, a plan that `keyreel plan -o` saved, or a pipeline of a git revision with \
      the stills of that revision. Segments are added, removed, changed (with each field's old and new \
      value) or unchanged; sequences that only moved or were renamed are shown as such. Makes nothing.

      Examples:
        keyreel diff main:pipelines/lake-day.yaml pipelines/lake-day.yaml
        keyreel diff film.plan.json film.yaml
        keyreel diff origin/main:film.yaml film.yaml --backend fal --format github
      """)

  @Argument(help: "The plan before: a pipeline, a saved plan, or REVISION:PIPELINE.")
  var old: String

  @Argument(help: "The plan after.")
  var new: String

  @Option(help: "table for people, markdown, json for programs, github for a comment.")
  var format = Format.table

  @Flag(help: "Exit with 2 when the plans differ.")
  var detailedExitcode = false

  @OptionGroup var policy: PolicyOptions

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      try await Interruption().guarding { [self] in
        try await ScratchFolder.with(context.surroundings.environment) { scratch in
          try await compare(context, scratch)
        }
      }
    }
  }

  private func compare(_ context: CommandContext, _ scratch: FilePath) async throws -> ExitStatus {
    let kinds = try [old, new].map { try PlanSide.kind(of: $0, in: context.surroundings) }
    var maker: String?
    for case .saved(let plan) in kinds where options.backend == nil { maker = plan.backend }
    guard
      let before = try await PlanSide.load(
        old, kinds[0], maker: maker, options, scratch: scratch.appending("old"), context),
      let after = try await PlanSide.load(
        new, kinds[1], maker: maker, options, scratch: scratch.appending("new"), context)
    else { return .pipelineInvalid }
    let diff = PlanDiffer().diff(
      from: before.plan, named: before.name, to: after.plan, named: after.name)
    context.output.write(text(of: diff, context))
    let verdict = try await policy.judge(
      after.plan, changing: before.plan, after.work, named: after.name, context)
    guard verdict == .success else { return verdict }
    return detailedExitcode && !diff.isEmpty ? .workToDo : .success
  }

  private func text(of diff: PlanDiff, _ context: CommandContext) -> String {
    switch format {
    case .table: DiffTable(diff, style: context.outputStyle).text
    case .markdown: DiffMarkdown(diff).text
    case .json: DiffJSON(diff).text
    case .github: DiffMarkdown(diff, marker: "diff \(new)").text
    }
  }
}
