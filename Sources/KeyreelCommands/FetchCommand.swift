internal import ArgumentParser
internal import HTTP
internal import Keyframes
internal import KeyreelCore
internal import PipelineLanguage
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel fetch FILE`: brings stills on the web into the store, and pins their digests.
struct FetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Brings the stills that a pipeline names by URL into the store.",
    discussion: """
      Planning uses no network, so stills behind URLs are fetched once and named by their SHA-256. \
      With --pin, digests that the file does not have yet are written into it. A proxy is taken from \
      https_proxy.

      Examples:
        keyreel fetch film.yaml
        keyreel fetch --pin film.yaml
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Flag(help: "Write missing sha256 digests into the file.")
  var pin = false

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      guard let sources = try WebSources(options.request(file), pins: pin, in: context) else {
        return .pipelineInvalid
      }
      defer { sources.store.close() }
      return try await Interruption().guarding { try await sources.fetch() }
    }
  }
}

/// The stills that a pipeline names by URL, on their way into the store.
struct WebSources: Sendable {
  let store: any ProjectStore
  private let context: CommandContext
  private let name: String
  private let path: FilePath
  private let text: String
  private let stills: [Still]

  private struct Still {
    let url: String
    let digest: Digest?
  }

  /// Reads the pipeline; tells its mistakes and returns `nil` when it has any.
  init?(_ request: PipelineWork.Request, pins: Bool, in context: CommandContext) throws {
    let surroundings = context.surroundings
    name = request.file
    path = surroundings.workingFolder.pushing(FilePath(name))
    let project = Project(pipeline: name, workingFolder: surroundings.workingFolder)
    let loaded = try PipelineWork.load(request, of: project, in: surroundings)
    var diagnostics = loaded.diagnostics
    var stills: [Still] = []
    var seen: Set<SourceReference> = []
    for reference in loaded.documents.flatMap(\.references)
    where seen.insert(reference.value).inserted {
      guard case .picture(.url(let url, let digest)) = reference.value else { continue }
      stills.append(Still(url: url, digest: digest))
      guard digest == nil, !pins else { continue }
      diagnostics.append(
        Diagnostic(
          .error, "KR0412", "`\(url)` has no `sha256`, so nobody knows what it is", file: name,
          at: reference.span, suggestion: "run `keyreel fetch --pin` to fill it in"))
    }
    guard context.tell(diagnostics, of: loaded.text, named: name) else { return nil }
    store = try CommandFailure.atStore {
      try request.store.open(root: project.root, in: surroundings)
    }
    text = loaded.text
    self.stills = stills
    self.context = context
  }

  /// Fetches what is missing; every digest is in the file before the next still is asked for.
  func fetch() async throws -> ExitStatus {
    let surroundings = context.surroundings
    let proxy = ["https_proxy", "HTTPS_PROXY"]
      .compactMap { surroundings.environment[$0] }.first { !$0.isEmpty }
    let fetcher = SourceFetcher(
      folder: try CommandFailure.atStore { try store.makeSourcesFolder() },
      client: HTTPClient(
        .init(certificateFile: surroundings.path(in: "SSL_CERT_FILE"), proxy: proxy)))
    var text = text
    for still in stills {
      try Task.checkCancellation()
      let digest = try await fetcher.fetch(url: still.url, digest: still.digest)
      guard still.digest == nil,
        let pinned = DigestPin.pinSHA256(in: text, url: still.url, digest: digest)
      else {
        context.output.writeLine("fetched \(still.url)")
        continue
      }
      text = pinned
      try AuthoredFile.write(text.utf8, to: path, named: name)
      context.output.writeLine("pinned \(still.url) to sha256 \(digest)")
    }
    if stills.isEmpty { context.output.writeLine("\(name) names no stills by URL") }
    return .success
  }
}
