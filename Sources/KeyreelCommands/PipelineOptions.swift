internal import ArgumentParser

/// Flags of all commands that read a pipeline.
struct PipelineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Who makes the clips: animatic, fal, or a name from the file's `backends`.",
      valueName: "name"))
  var backend: String?

  @Option(
    help: ArgumentHelp(
      "The store of clips: a folder, s3://bucket/prefix or shared:folder; default: $KEYREEL_STORE, else "
        + ".keyreel at the project root.",
      valueName: "store"), completion: .directory)
  var store: String?

  @Option(
    name: .customLong("read-store"),
    help: ArgumentHelp(
      "Use clips of this shared store too, and write nothing to it; may be repeated.",
      valueName: "store"))
  var readStores: [String] = []

  @Flag(help: "Write nothing to the shared store: clips that are not there are not made.")
  var readOnlyStore = false

  @Flag(help: "Use files outside the project root too.")
  var allowOutside = false

  @Option(
    help: ArgumentHelp(
      "The project's root; default: the nearest folder above the file with .keyreel or .git in it.",
      valueName: "folder"), completion: .directory)
  var root: String?

  /// The store that the flags mean.
  var storeChoice: StoreChoice {
    StoreChoice(name: store, alsoRead: readStores, isReadOnly: readOnlyStore)
  }

  func request(_ file: String) -> PipelineWork.Request {
    PipelineWork.Request(
      file: file, backend: backend, store: storeChoice, root: root, allowsOutside: allowOutside)
  }
}
