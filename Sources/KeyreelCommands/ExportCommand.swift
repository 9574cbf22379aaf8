internal import ArgumentParser
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel export FORMAT FILE`: the edit, or the whole work, for other programs.
struct ExportCommand: AsyncParsableCommand {
  /// What other programs read.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case otio, edl, ffmetadata, srt, vtt, openjd

    var ending: String { self == .ffmetadata ? "chapters.txt" : rawValue }
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the edit or its captions for other programs, or a job for a render farm.",
    discussion: """
      otio: an OpenTimelineIO timeline with clips, handles, crossfades, music and a marker at each \
      keyframe and caption. edl: a CMX 3600 list. ffmetadata: the chapters alone. srt, vtt: the \
      captions alone, as they are planned. For otio and edl clips must have been made: \
      `keyreel run` first. Paths of files are relative to the exported file; the folders must stay \
      where they are to one another.

      openjd: a folder with a job of Open Job Description that is a job bundle of AWS Deadline Cloud \
      too: tasks that make the clips on many machines, and one that joins them. Clips need not be there; \
      the machines need a store that they share.

      Examples:
        keyreel export otio film.yaml -o film.otio
        keyreel export srt film.yaml --language de
        keyreel export openjd film.yaml --store s3://clips/lake --shards 8 -o lake-job
        keyreel export openjd film.plan.json --store shared:/mnt/team/clips --max-cost 5.00
      """)

  @Argument(help: "otio, edl, ffmetadata, srt, vtt or openjd.") var format: Format

  @Argument(
    help: "The pipeline file; for openjd also a plan that `keyreel plan -o` saved.",
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where it goes, for openjd a folder; default: <film>.<format>.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("The film, where the file makes several.", valueName: "name"))
  var film: String?

  @Option(help: ArgumentHelp("Which captions, where there are several rows.", valueName: "code"))
  var language: String?

  @OptionGroup var options: PipelineOptions

  @OptionGroup var job: JobOptions

  func validate() throws {
    if format == .openjd, film != nil {
      throw ValidationError("--film is for edits; a job makes all films of the file.")
    }
    if format != .openjd, let flag = job.given.first {
      throw ValidationError("\(flag) goes with openjd alone.")
    }
  }

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      if format == .openjd { return try await exportJob(context) }
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
        case .srt: Array(SubtitleText.subRip(try cues(of: film), at: film.frameRate).utf8)
        case .vtt: Array(SubtitleText.webVTT(try cues(of: film), at: film.frameRate).utf8)
        default: Array(ChapterText(edit).text.utf8)
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

  /// Writes the folder of a job, with the plan that it is to run.
  private func exportJob(_ context: CommandContext) async throws -> ExitStatus {
    let saved = try SavedPlan.open(file, root: options.root, in: context.surroundings)
    let request = saved?.request(options) ?? options.request(file)
    let work = try await PipelineWork.prepare(request, in: context.surroundings)
    defer { work.store.close() }
    let isSound = context.tell(work, quiet: true)
    if let status = try saved?.check(work, context), status != .success { return status }
    guard isSound, let plan = work.plan else { return .pipelineInvalid }
    let folder = context.surroundings.workingFolder
    let bytes =
      saved == nil
      ? Array(PlanJSON(try work.forecast(plan), pins: try work.pins(of: plan)).bytes)
      : try PipelineFile.read(folder.pushing(FilePath(file)), named: file)
    let name = output ?? "\(FilePath(work.project.pipeline).stem ?? "film").openjd"
    let export = JobExport(
      work: work, plan: plan, options: options, job: job, surroundings: context.surroundings,
      folder: folder.pushing(FilePath(name)).lexicallyNormalized())
    for line in try export.write(bytes, named: name) { context.errors.writeLine(line) }
    return .success
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
