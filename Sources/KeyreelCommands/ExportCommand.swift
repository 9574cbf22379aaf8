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
    case otio, edl, ffmetadata, srt, vtt

    var ending: String { self == .ffmetadata ? "chapters.txt" : rawValue }
  }

  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes the edit, or its captions, for other programs.",
    discussion: """
      otio: an OpenTimelineIO timeline with clips, handles, crossfades, music and a marker at each \
      keyframe and caption. edl: a CMX 3600 list. ffmetadata: the chapters alone. srt, vtt: the \
      captions alone, as they are planned. For otio and edl clips must have been made: \
      `keyreel run` first. Paths of files are relative to the exported file; the folders must stay \
      where they are to one another.

      Example: keyreel export otio film.yaml -o film.otio
      """)

  @Argument(help: "otio, edl, ffmetadata, srt or vtt.") var format: Format

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where it goes; default: <film>.<format>.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("The film, where the file makes several.", valueName: "name"))
  var film: String?

  @Option(help: ArgumentHelp("Which captions, where there are several rows.", valueName: "code"))
  var language: String?

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
        case .srt: Array(SubtitleText.subRip(try cues(of: film), at: film.frameRate).utf8)
        case .vtt: Array(SubtitleText.webVTT(try cues(of: film), at: film.frameRate).utf8)
        }
      try AuthoredFile.makeFolder(target.removingLastComponent())
      try AuthoredFile.write(bytes, to: target, named: name)
      context.errors.writeLine("wrote \(name)")
      return .success
    }
  }

  /// The captions of the language that was asked for, where the plan has them.
  private func cues(of film: FilmPlan) throws -> [FilmCue] {
    let rows = film.assembly.captions
    let wanted = language.map(LanguageCode.threeLetters(of:))
    let found = rows.first {
      wanted == nil || LanguageCode.threeLetters(of: $0.language) == wanted
    }
    guard let found else {
      throw CommandFailure(
        OperationError(
          .notFound,
          rows.isEmpty
            ? "the film \(film.name) has no captions"
            : "the film \(film.name) has no captions in `\(language ?? "")`",
          remedy: rows.isEmpty
            ? "write them under `film.captions`"
            : "there are: \(rows.map(\.language).joined(separator: ", "))"),
        .usage)
    }
    return film.assembly.placed(found.cues)
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
