internal import ArgumentParser
internal import KeyreelCore
internal import ModelCatalog
internal import Reporting

/// `keyreel models [NAME]`: the models that Keyreel knows.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Shows the models that pipelines can name.",
    discussion: """
      A model is a file: put your own into ~/.config/keyreel/models or into models/ at the project root \
      (format: schemas/model.schema.json).

      Examples:
        keyreel models
        keyreel models fal-ai/framepack/flf2v
      """)

  @Argument(help: "A model's id; all are listed without one.")
  var name: String?

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let root = Project.root(of: context.surroundings.workingFolder)
      let catalog = try CommandFailure.meaning(.pipelineInvalid) {
        try ModelCatalog.load(folders: context.surroundings.profileFolders(root: root))
      }
      guard let name else {
        context.output.write(ModelText(style: context.outputStyle).list(catalog.profiles))
        return .success
      }
      guard let profile = catalog.profile(name) else {
        throw CommandFailure.unknown("model", name, among: catalog.profiles.map(\.id))
      }
      context.output.write(ModelText(style: context.outputStyle).detail(profile))
      return .success
    }
  }
}
