internal import ArgumentParser

/// `keyreel check FILE…`: finds all mistakes of pipelines, and does nothing else.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Finds all mistakes in pipeline files.",
    discussion: """
      Loads each file, looks at the pictures, clips and sound it names, and plans it. Every mistake is \
      told with its place and what to do. Exits with 3 when any file has an error.

      Examples:
        keyreel check pipelines/*.yaml
        keyreel check --format sarif pipelines/*.yaml > keyreel.sarif
      """)

  @Argument(help: "The pipeline files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String]

  @Option(help: "text for people; github, sarif and gitlab for code hosts.")
  var format = Checking.Format.text

  @OptionGroup var policy: PolicyOptions

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      var checking = Checking(format, context)
      let rules = await checking.rules(policy)
      // A policy with mistakes allows nothing; there is nothing to hold the files against.
      if policy.policy == nil || rules != nil {
        for file in files { await checking.check(file, options, against: rules) }
      }
      checking.finish()
      return checking.status
    }
  }
}
