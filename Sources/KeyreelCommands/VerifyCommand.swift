internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Stitching
internal import Storage
internal import SystemPackage

/// `keyreel verify FILM`: looks whether a film is what its manifest says, and how its joins are.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks finished films and their joins.",
    discussion: """
      Reads the manifest beside each film (film.mp4.manifest.json). Checked are the film's bytes, its \
      frames and times, that what was encoded decodes, and every join: its figures are measured again \
      on the film's own frames. Exits with 7 when a film is not what its manifest says.

      Examples:
        keyreel verify films/lake-day.mp4
        keyreel verify films/*.mp4
      """)

  @Argument(help: "The films.", completion: .file(extensions: ["mp4"]))
  var films: [String]

  @Flag(help: "Decode every frame, not only those around joins and what was encoded.")
  var full = false

  @Flag(help: "End with 7 also when a join is visible.")
  var strictJoins = false

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      var status = ExitStatus.success
      for film in films {
        do {
          status = status.joined(with: try await verify(film, context))
        } catch {
          status = status.joined(with: context.tell(error))
        }
      }
      return status
    }
  }

  private func verify(_ film: String, _ context: CommandContext) async throws -> ExitStatus {
    let path = context.surroundings.workingFolder.pushing(FilePath(film))
    let manifest = try DirectoryStore.manifest(beside: path)
    let found = try DirectoryStore.identify(path)
    guard found.digest == manifest.digest else {
      throw OperationError(
        .verificationFailed, "\(film) is not the film of its manifest: its bytes are others",
        remedy: "run the pipeline again, or put the film back that belongs to the manifest")
    }
    let depth: FilmCheck.Depth = full ? .everything : .joins
    let expected = StitchedFilm(manifest)
    let bare = manifest.joins.filter { !expected.isLettered(at: $0.place) }
    let (check, joins) = try await OwnThread.run { token in
      let check = try FilmCheck(path, expecting: expected, depth: depth, token: token)
      return (check, try FilmJoins(path, size: manifest.size).verdicts(again: bare, token))
    }
    context.output.write(JoinTable(joins, style: context.outputStyle).text)
    let visible = joins.count { !$0.isClean }
    context.output.writeLine(
      "\(film): \(check.frames) frames, "
        + (full ? "all decoded" : "those around its joins decoded")
        + (visible > 0 ? ", \(visible) of \(joins.count) joins visible" : "")
        + (bare.count < manifest.joins.count
          ? ", \(manifest.joins.count - bare.count) joins under words not measured again" : ""))
    if let changed = zip(joins, bare).first(where: { $0.figures != $1.figures })?.0 {
      throw OperationError(
        .verificationFailed,
        "\(film): the join at frame \(changed.place.frame) is not what it was measured to be",
        remedy: "the decoder of this machine shows other frames, or the manifest was changed")
    }
    return strictJoins && visible > 0 ? .verificationFailed : .success
  }
}

extension StitchedFilm {
  /// What a film must be by its manifest.
  init(_ manifest: FilmManifest) {
    self.init(
      size: manifest.size, frameRate: manifest.frameRate, frames: manifest.frames,
      pieces: manifest.pieces.map { Mark(label: $0.label, frame: $0.frame) },
      encoded: manifest.encoded)
    lettered = manifest.lettered ?? []
  }
}
