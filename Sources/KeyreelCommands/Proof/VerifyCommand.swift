internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Stitching
internal import Storage
internal import SystemPackage

/// `keyreel verify FILM`: looks whether a film is what its manifest says, and how its joins are.
struct VerifyCommand: AsyncParsableCommand {
  /// How the result is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks finished films, their clips and their joins.",
    discussion: """
      Reads the manifest beside each film (film.mp4.manifest.json), or inside it. Checked are the film's \
      bytes, its frames and times, that what was encoded decodes, and every join: its figures are \
      measured again on the film's own frames. Clips in the store are read, and what the film copied \
      of them is compared packet by packet. So is everything else that was made of the film. Nothing \
      is changed and no network is used. Exits with 7 when something is not what the manifest says, \
      with 4 when only clips or sources are gone.

      Examples:
        keyreel verify films/lake-day.mp4
        keyreel verify films/*.mp4 --format json
      """)

  @Argument(help: "The films.", completion: .file(extensions: ["mp4"]))
  var films: [String]

  @Flag(help: "Decode every frame, not only those around joins and what was encoded.")
  var full = false

  @Flag(help: "End with 7 also when a join is visible.")
  var strictJoins = false

  @Flag(inversion: .prefixedNo, help: "Compare films with their clips in the store.")
  var clips = true

  @Option(help: ArgumentHelp("The manifest, where it is not beside the film.", valueName: "file"))
  var manifest: String?

  @OptionGroup var storeName: StoreName

  @Option(help: "How the result is printed: table or json.")
  var format = Format.table

  func validate() throws {
    if manifest != nil, films.count > 1 {
      throw ValidationError("--manifest goes with one film.")
    }
  }

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      var status = ExitStatus.success
      var proofs: [FilmProof] = []
      for film in films {
        do {
          let proof = try await prove(film, context)
          proofs.append(proof)
          if format == .table {
            context.output.write(ProofText(proof, style: context.outputStyle).text)
          }
          context.errors.write(ProofText(proof, style: context.errorStyle).errors)
          status = status.joined(with: proof.status)
        } catch {
          let failure = CommandFailure(error)
          var proof = FilmProof(film: film)
          proof.findings = [.init(failure.error.code.description, failure.error.message)]
          proofs.append(proof)
          status = status.joined(with: context.tell(error))
        }
      }
      if format == .json { context.output.write(ProofJSON(proofs).text) }
      return status
    }
  }

  private func prove(_ film: String, _ context: CommandContext) async throws -> FilmProof {
    let folder = context.surroundings.workingFolder
    let path = folder.pushing(FilePath(film)).lexicallyNormalized()
    let root = Project.root(of: path.removingLastComponent())
    let local = try StoreChoice(name: storeName.store).openLocal(
      root: root, in: context.surroundings)
    let found = try FoundManifest.find(
      of: path, called: film, named: manifest.map { folder.pushing(FilePath($0)) }, in: local)
    let prover = FilmProver(
      root: root, store: AuthoredFile.exists(local.folder) ? local : nil,
      options: .init(
        depth: full ? .everything : .joins, looksAtClips: clips, failsVisibleJoins: strictJoins))
    return try await prover.prove(path, called: film, by: found)
  }
}
