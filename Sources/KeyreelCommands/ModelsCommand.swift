internal import ArgumentParser
internal import KeyreelCore
internal import ModelCatalog
internal import Reporting

/// `keyreel models [NAME…]`: the models that Keyreel knows.
struct ModelsCommand: AsyncParsableCommand {
  /// How a refresh is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// For programs; `schemas/refresh.schema.json`.
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Shows the models that pipelines can name.",
    discussion: """
      A model is a file: put your own into ~/.config/keyreel/models or into models/ at the project root \
      (format: schemas/model.schema.json). With --refresh, the provider is asked for today's prices and \
      inputs, and what has changed is shown and written into the former folder.

      Examples:
        keyreel models
        keyreel models fal-ai/framepack/flf2v
        keyreel models --refresh --dry-run
      """)

  @Argument(help: "Models by their ids; default: all.")
  var names: [String] = []

  @Flag(help: "Ask the provider for prices and inputs, and write profiles that say so.")
  var refresh = false

  @Flag(help: "With --refresh: show what would be written, and write nothing.")
  var dryRun = false

  @Option(help: "With --refresh: table for people, json for programs.")
  var format = Format.table

  func validate() throws {
    guard refresh || (!dryRun && format == .table) else {
      throw ValidationError("--dry-run and --format go with --refresh.")
    }
  }

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let root = Project.root(of: context.surroundings.workingFolder)
      let catalog = try CommandFailure.meaning(.pipelineInvalid) {
        try ModelCatalog.load(folders: context.surroundings.profileFolders(root: root))
      }
      let profiles = try names.map { name in
        guard let profile = catalog.profile(name) else {
          throw CommandFailure.unknown("model", name, among: catalog.profiles.map(\.id))
        }
        return profile
      }
      if refresh {
        return try await refreshed(profiles.isEmpty ? catalog.profiles : profiles, context)
      }
      let text = ModelText(style: context.outputStyle)
      if profiles.isEmpty { context.output.write(text.list(catalog.profiles)) }
      context.output.write(profiles.map(text.detail).joined(separator: "\n"))
      return .success
    }
  }

  private func refreshed(
    _ profiles: [ModelProfile], _ context: CommandContext
  ) async throws -> ExitStatus {
    let work = try ProfileRefreshing(context, isDryRun: dryRun)
    let rows = try await work.refresh(profiles)
    let report = RefreshReport(rows, isDryRun: dryRun, style: context.outputStyle)
    context.output.write(format == .json ? report.json : report.text)
    var status = ExitStatus.success
    for case .failed(let error) in rows.map(\.outcome) {
      status = status.joined(with: context.tell(error))
    }
    return status
  }
}
