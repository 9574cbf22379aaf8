internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel report [FILE]`: what a film is made of, what it costs and what has become of it.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Shows a film's plan and runs as one page to look at.",
    discussion: """
      Writes report.html: keyframes and clips with their prices, the film, when what was waited for, \
      every join, and where each clip comes from. The page needs nothing beside itself and asks \
      nobody for anything; send it to whoever decides. It makes nothing, buys nothing and needs no \
      key. Without FILE it tells of the pipeline that was run last.

      Examples:
        keyreel report pipelines/lake-day.yaml
        keyreel report film.yaml --backend fal -o approve.html
        keyreel report film.yaml --format md >> "$GITHUB_STEP_SUMMARY"
        keyreel report film.yaml --format junit -o segments.xml
      """)

  @Argument(
    help: "The pipeline file; default: the one that was run last.",
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String?

  @Option(help: "html, md, json or junit; default: by the ending of --output, else html.")
  var format: ReportFormat?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where it goes; default: report.html, and standard output for the other formats.",
      valueName: "file"), completion: .file())
  var output: String?

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let file = try self.file ?? lastPipeline(context.surroundings)
      let work = try await PipelineWork.prepare(options.request(file), in: context.surroundings)
      guard context.tell(work, quiet: true), let plan = work.plan else { return .pipelineInvalid }
      let name = output ?? (format ?? .html == .html ? "report.html" : nil)
      let target = try name.map { try ReportFile($0, as: format, in: context.surroundings) }
      try target?.check(work)
      let folder = target?.path.removingLastComponent() ?? context.surroundings.workingFolder
      let report = try await ReportGatherer(work: work, plan: plan).gather(seenFrom: folder)
      if let target {
        try target.write(report)
        context.errors.writeLine("wrote \(target.name)")
      } else {
        context.output.write(String(decoding: report.bytes(as: format ?? .html), as: UTF8.self))
      }
      return .success
    }
  }

  /// The pipeline that was run last with the store of the project around the working folder.
  private func lastPipeline(_ surroundings: Surroundings) throws -> String {
    let root = Project.root(of: surroundings.workingFolder)
    let (store, known) = try CommandFailure.atStore {
      let store = try options.store.choice.open(root: root, in: surroundings)
      return (store.address, try store.pipelinesRun())
    }
    let paths = known.map { root.pushing(FilePath($0)) }
    guard let last = paths.first(where: AuthoredFile.exists) else {
      throw CommandFailure(
        OperationError(
          .notFound, "no run is remembered in \(store)",
          remedy: "name the pipeline: keyreel report film.yaml"), .usage)
    }
    var seen = last
    return seen.removePrefix(surroundings.workingFolder) ? seen.string : last.string
  }
}
