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

  @Option(
    help: ArgumentHelp(
      "The project's root; default: the nearest folder above the file with .keyreel or .git in it.",
      valueName: "folder"), completion: .directory)
  var root: String?

  func request(_ file: String) -> PipelineWork.Request {
    PipelineWork.Request(
      file: file, backend: backend, store: store.choice, root: root, allowsOutside: allowOutside)
  }
}
