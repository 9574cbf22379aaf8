internal import ArgumentParser
internal import KeyreelCore
internal import PipelineLanguage
internal import Reporting

/// `keyreel schema`: the JSON Schema of pipeline files, for editors.
struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Prints the JSON Schema of pipeline files, for editors.",
    discussion: """
      Editors use it where a pipeline begins with the comment \
      `# yaml-language-server: $schema=../schemas/pipeline.schema.json`.

      Examples:
        keyreel schema > schemas/pipeline.schema.json
      """)

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      context.output.write(PipelineSchema.json())
      return .success
    }
  }
}
