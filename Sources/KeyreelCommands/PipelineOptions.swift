internal import ArgumentParser

/// Flags of all commands that read a pipeline.
struct PipelineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Who makes the clips: animatic, fal, or a name from the file's `backends`.",
      valueName: "name"))
  var backend: String?

  @OptionGroup var store: StoreOptions

  @Flag(help: "Use files outside the project root too.")
  var allowOutside = false

  func request(_ file: String) -> PipelineWork.Request {
    PipelineWork.Request(
      file: file, backend: backend, store: store.choice, allowsOutside: allowOutside)
  }
}
