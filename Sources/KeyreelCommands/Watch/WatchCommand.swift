internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import SystemPackage

/// `keyreel watch FILE`: the animatic, anew at every save.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Keeps the animatic up to date while you write.",
    discussion: """
      Renders free previews of what changed whenever the pipeline or one of its pictures is saved, \
      joins them with the rest and shows the page of `keyreel report` in the browser, which turns to \
      the new film by itself. Never buys anything, whatever backend the file names. A file with \
      mistakes is told, and the last film stays. Ctrl-C ends it.

      Examples:
        keyreel watch film.yaml
        keyreel watch film.yaml --port 8480 -o preview
        keyreel watch film.yaml --no-serve -o preview
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    help: ArgumentHelp("Serve on this port of 127.0.0.1; default: a free one.", valueName: "n"))
  var port: UInt16 = 0

  @Flag(inversion: .prefixedNo, help: "Serve the page; without, write it into the folder alone.")
  var serve = true

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Keep the previews and their report in this folder; default: one that goes at the end.",
      valueName: "folder"), completion: .directory)
  var output: String?

  @OptionGroup var store: StoreOptions

  @Flag(help: "Use files outside the project root too.")
  var allowOutside = false

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let folder = try WatchFolder(output, in: context.surroundings)
      defer { folder.close() }
      let pages = LivePages(waitingPage: ReportHTML.waiting(for: file))
      let server = serve ? try LiveServer(pages, port: port) : nil
      let watching = Watching(
        request: PipelineWork.Request(
          file: file, backend: "animatic", store: store.choice, allowsOutside: allowOutside),
        context: context, folder: folder.path, pages: server == nil ? nil : pages)
      if let server { context.errors.writeLine("http://127.0.0.1:\(server.port)/") }
      return try await Interruption().guarding {
        try await withThrowingTaskGroup(of: Void.self) { group in
          if let server { group.addTask { await server.run() } }
          group.addTask { try await watching.run() }
          defer { group.cancelAll() }
          try await group.next()
        }
        return .interrupted
      }
    }
  }
}

/// The folder of a watch: the author's, or one that goes when it ends.
struct WatchFolder {
  let path: FilePath
  private let isOwn: Bool

  /// The folder `name`, made where it is missing; without a name one of its own.
  init(_ name: String?, in surroundings: Surroundings) throws {
    if let name {
      path = surroundings.workingFolder.pushing(FilePath(name)).lexicallyNormalized()
      isOwn = false
    } else {
      let base = surroundings.path(in: "TMPDIR") ?? "/tmp"
      path = base.appending("keyreel-watch-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
      isOwn = true
    }
    try AuthoredFile.makeFolder(path)
  }

  /// Removes the folder, where it is not the author's.
  func close() {
    guard isOwn else { return }
    AuthoredFile.removeFolder(path)
  }
}
