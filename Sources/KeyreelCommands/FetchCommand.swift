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
      With --pin, digests that the file does not have yet are written into it.

      Example: keyreel fetch --pin film.yaml
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Flag(help: "Write missing sha256 digests into the file.")
  var pin = false

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let surroundings = context.surroundings
      let project = Project(pipeline: file, workingFolder: surroundings.workingFolder)
      let path = surroundings.workingFolder.pushing(FilePath(file))
      let loaded = PipelineLoader(path: project.pipeline, displayPath: file).load(
        try PipelineFile.read(path, named: file))
      let store = try DirectoryStore(
        at: surroundings.storeFolder(flag: options.store, root: project.root))
      let fetcher = SourceFetcher(
        folder: try store.sourcesFolder(),
        client: HTTPClient(
          .init(certificateFile: surroundings.environment["SSL_CERT_FILE"].map { FilePath($0) })))
      var text = loaded.text
      var fetched = 0
      var seen: Set<SourceReference> = []
      for reference in loaded.documents.flatMap(\.references)
      where seen.insert(reference.value).inserted {
        guard case .picture(.url(let url, let expected)) = reference.value else { continue }
        guard expected != nil || pin else {
          throw OperationError(
            .unsupported, "\(file):\(reference.span.start.line): \(url) has no sha256",
            remedy: "run keyreel fetch --pin \(file) and look at what it fetched")
        }
        let digest = try await fetcher.fetch(url: url, digest: expected)
        fetched += 1
        if expected == nil, let pinned = DigestPin.pinSHA256(in: text, url: url, digest: digest) {
          text = pinned
          context.output.writeLine("pinned \(url) to sha256 \(digest)")
        } else {
          context.output.writeLine("fetched \(url)")
        }
      }
      if text != loaded.text { try AuthoredFile.write(text.utf8, to: path, named: file) }
      if fetched == 0 { context.output.writeLine("\(file) names no stills by URL") }
      return .success
    }
  }
}
