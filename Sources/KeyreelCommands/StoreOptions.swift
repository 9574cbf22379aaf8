internal import ArgumentParser

/// The flag that names the store.
struct StoreName: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The store of clips: a folder, s3://bucket/prefix or shared:folder; default: $KEYREEL_STORE, else "
        + ".keyreel at the project root.",
      valueName: "store"), completion: .directory)
  var store: String?
}

/// Flags of all commands that take clips out of a store.
struct StoreOptions: ParsableArguments {
  @OptionGroup var name: StoreName

  @Option(
    name: .customLong("read-store"),
    help: ArgumentHelp(
      "Use clips of this shared store too, and write nothing to it; may be repeated.",
      valueName: "store"))
  var readStores: [String] = []

  @Flag(help: "Write nothing to the shared store: clips that are not there are not made.")
  var readOnlyStore = false

  /// The store that the flags mean.
  var choice: StoreChoice {
    StoreChoice(name: name.store, alsoRead: readStores, isReadOnly: readOnlyStore)
  }
}
