internal import ArgumentParser
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel export FORMAT FILE`: the edit for other programs.
struct ExportCommand: AsyncParsableCommand {
  /// What other programs read.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case otio, edl, ffmetadata

    var ending: String { self == .ffmetadata ? "chapters.txt" : rawValue }
  }

  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes the edit for Resolve, Premiere, Blender or ffmpeg.",
    discussion: """
      otio: an OpenTimelineIO timeline with clips, handles, crossfades, music and a marker at each \
      keyframe. edl: a CMX 3600 list. ffmetadata: the chapters alone. Clips must have been made: \
      `keyreel run` first. Paths of files are relative to the exported file; the folders must stay \
      where they are to one another.

      Examples:
        keyreel export otio film.yaml -o film.otio
        keyreel export edl film.yaml -o film.edl
        keyreel export ffmetadata film.yaml
      """)

  @Argument(help: "otio, edl or ffmetadata.") var format: Format

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where it goes; default: <film>.<format>.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("The film, where the file makes several.", valueName: "name"))
  var film: String?

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let work = try await PipelineWork.prepare(options.request(file), in: context.surroundings)
      guard context.tell(work, quiet: true), let plan = work.plan else { return .pipelineInvalid }
      let film = try chosen(of: plan)
      let name = output ?? "\(film.name).\(format.ending)"
      let target = context.surroundings.workingFolder.pushing(FilePath(name))
      try work.refuseSource(target, named: name)
      let sources = ExportSources(work: work, film: film, target: target, format: format)
      let edit = try await OwnThread.run { _ in try sources.edit() }
      let bytes =
        switch format {
        case .otio: OpenTimeline(edit).bytes
        case .edl: Array(EditDecisionList(edit).text.utf8)
        case .ffmetadata: Array(ChapterText(edit).text.utf8)
        }
      try AuthoredFile.makeFolder(target.removingLastComponent())
      try AuthoredFile.write(bytes, to: target, named: name)
      context.errors.writeLine("wrote \(name)")
      return .success
    }
  }

  private func chosen(of plan: Plan) throws -> FilmPlan {
    let names = plan.films.map(\.name)
    if let film, let found = plan.films.first(where: { $0.name == film }) { return found }
    if film == nil, let only = plan.films.first, names.count == 1 { return only }
    throw CommandFailure(
      OperationError(
        .notFound,
        film.map { "there is no film `\($0)`" } ?? "the file makes \(names.count) films",
        remedy: "name one with --film: \(names.prefix(5).joined(separator: ", "))"),
      .usage)
  }
}
