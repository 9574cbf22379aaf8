internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel rebuild FILM|MANIFEST`: makes a film again from its manifest and the clips in the store.
struct RebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild", abstract: "Makes a film again from its manifest and the store's clips.",
    discussion: """
      No pipeline is read, nothing is generated and nothing is paid: the manifest beside the film, or \
      inside it, and the clips in the store are enough. With the same libraries the film has the same \
      bytes; with others that is said, and the frames are the same wherever clips were copied.

      Exits with 0 when every byte is as the manifest says, with 7 when the film was made but its bytes \
      are others, with 4 when clips or sources are gone: they are named, and nothing is written.

      Examples:
        keyreel rebuild --offline films/lake-day.mp4
        keyreel rebuild films/lake-day.mp4.manifest.json -o /tmp/again.mp4
      """)

  @Argument(help: "The film, which need not be there, or its manifest.")
  var film: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where the film goes; default: its own place.", valueName: "file"))
  var output: String?

  @Flag(help: "Use only clips that are on this machine, whatever the store.")
  var offline = false

  @Flag(help: "Put the film in the place of another file.")
  var replace = false

  @Flag(help: "Make everything else that was made of the film too.")
  var all = false

  @Flag(help: "Use files outside the project root too.")
  var allowOutside = false

  @Option(help: ArgumentHelp("The manifest, where it is not beside the film.", valueName: "file"))
  var manifest: String?

  @OptionGroup var storeName: StoreName

  func validate() throws {
    if all, output != nil {
      throw ValidationError("-o names one file; --all writes everything to its own place.")
    }
  }

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let folder = context.surroundings.workingFolder
      let (name, file) = filmAndManifest
      let path = folder.pushing(FilePath(name)).lexicallyNormalized()
      let root = Project.root(of: path.removingLastComponent())
      let choice = StoreChoice(name: storeName.store)
      let local = try choice.openLocal(root: root, in: context.surroundings)
      let found = try FoundManifest.find(
        of: path, called: name, named: file.map { folder.pushing(FilePath($0)) }, in: local)
      let clips: any ProjectStore =
        offline ? local : try choice.open(root: root, in: context.surroundings)
      defer { clips.close() }
      let target = output.map { folder.pushing(FilePath($0)).lexicallyNormalized() } ?? path
      let rebuild = FilmRebuild(
        found: found, root: root, store: clips, allowsOutside: allowOutside,
        replaces: replace, makesAll: all)
      return try await rebuild.run(to: target, called: output ?? name, context)
    }
  }

  /// The film's name and the manifest's, where that was named.
  private var filmAndManifest: (film: String, manifest: String?) {
    let ending = ".manifest.json"
    guard film.hasSuffix(ending), film.count > ending.count else { return (film, manifest) }
    return (String(film.dropLast(ending.count)), film)
  }
}
