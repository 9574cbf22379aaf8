internal import Keyframes
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Stitching
internal import Storage
internal import SystemPackage

/// A film that is made again from its manifest; spends nothing.
struct FilmRebuild: Sendable {
  let found: FoundManifest
  let root: FilePath
  let store: any ProjectStore
  let allowsOutside: Bool
  let replaces: Bool
  let makesAll: Bool

  private var manifest: FilmManifest { found.manifest }
  private var metadata: [(key: String, value: String)] { manifest.tags.map { ($0.key, $0.value) } }

  /// Makes the film at `target`, which messages call `name`.
  func run(
    to target: FilePath, called name: String, _ context: CommandContext
  ) async throws -> ExitStatus {
    try check(target, called: name)
    let companions = try makesAll ? self.companions() : []
    if try isThere(target), companions.isEmpty {
      context.output.writeLine("\(name) is there with every byte")
      return .success
    }
    let receipts = try self.receipts()
    try await checkSources()
    if let change = RebuildChange(manifest) { context.errors.writeLine("note: \(change.text)") }
    let staged = try CommandFailure.atStore { try store.stage(ending: "mp4") }
    defer { ([staged] + companions.map(\.companion.path)).forEach(store.discard) }
    let report = try await stitch(receipts, companions.map(\.companion), into: staged)
    let isSame = try finish(staged, target, name, report, receipts, context)
    let areSame = try companions.reduce(true) { try publish($1, report, context) && $0 }
    return isSame && areSame ? .success : .verificationFailed
  }

  // MARK: What it is made of

  private func receipts() throws -> [RecipeKey: Receipt] {
    var receipts: [RecipeKey: Receipt] = [:]
    var gone: [String] = []
    for clip in manifest.clips where receipts[clip.recipe] == nil {
      switch StoredClip(clip, in: store) {
      case .whole(let receipt): receipts[clip.recipe] = receipt
      case .gone: gone.append(clip.segment)
      case .other(let message):
        throw CommandFailure(
          OperationError(
            .verificationFailed, message, remedy: "run keyreel store verify"), .verificationFailed)
      }
    }
    guard gone.isEmpty else {
      let names = gone.prefix(5).joined(separator: ", ") + (gone.count > 5 ? ", …" : "")
      throw CommandFailure(
        OperationError(
          .notFound,
          "\(gone.count == 1 ? "a clip" : "\(gone.count) clips") of \(manifest.name) "
            + "\(gone.count == 1 ? "is" : "are") not in the store \(store.address): \(names)",
          remedy: "name the store that has them with --store; `keyreel run` would make others"),
        .overBudget)
    }
    return receipts
  }

  private func checkSources() async throws {
    for font in ManifestSources.fonts(manifest) {
      guard allowsOutside || ProjectPlace(font, in: root, keepingOutOf: nil) != nil else {
        throw CommandFailure(
          OperationError(
            .verificationFailed, "`\(font)` leaves the project's folder",
            remedy: "put the font into the project, or give --allow-outside"), .verificationFailed)
      }
    }
    let library = KeyframeLibrary(
      root: root, factsFolder: store.factsFolder, sourcesFolder: store.sourcesFolder)
    let problems = await ManifestSources(root: root, library: library, allowsOutside: allowsOutside)
      // Without mending, keyframes decide nothing that is in the film.
      .problems(manifest, keyframes: manifest.edit.mend != .off)
    guard let first = problems.first else { return }
    let others = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
    throw CommandFailure(
      OperationError(
        first.isGone ? .notFound : .verificationFailed, first.message + others,
        remedy: "put the file back that the film was made of"),
      problems.allSatisfy(\.isGone) ? .overBudget : .verificationFailed)
  }

  private func stitch(
    _ receipts: [RecipeKey: Receipt], _ companions: [FilmCompanion], into staged: FilePath
  ) async throws -> StitchReport {
    let pictures = KeyframeLibrary(
      root: root, factsFolder: store.factsFolder, sourcesFolder: store.sourcesFolder)
    let clips = Dictionary(
      manifest.clips.map { ($0.recipe, $0) }, uniquingKeysWith: { first, _ in first })
    let (manifest, root, store, metadata) = (manifest, root, store, metadata)
    return try await OwnThread.run { token in
      let sources = FilmSources(
        store: store, root: root, pictures: pictures, receipts: receipts, token: token
      ) { key, end in
        guard manifest.edit.mend != .off, let clip = clips[key] else { return nil }
        return end == .first ? clip.first : clip.last
      }
      return try Stitcher().stitch(
        manifest.edit, from: sources, into: staged, title: manifest.name, metadata: metadata,
        companions: companions, token: token)
    }
  }

  // MARK: Where it goes

  private func check(_ target: FilePath, called name: String) throws {
    let sources = ManifestSources.references(manifest, keyframes: true).compactMap(\.reference.path)
    try OutputGuard(root: root, filmFolder: root).refuse(target, called: name, over: Set(sources))
    let folder = OutputPlaces.existing(target.removingLastComponent())
    if let store = store.folder.resolved, folder.starts(with: store) {
      throw CommandFailure(
        OperationError(
          .unsupported, "\(name) lies in the store, where only clips may be",
          remedy: "name another place with -o"), .usage)
    }
    guard AuthoredFile.exists(target), !replaces, try !isThere(target) else { return }
    throw CommandFailure(
      OperationError(
        .unsupported, "\(name) is another file than the film of its manifest",
        remedy: "name another place with -o, or give --replace"), .usage)
  }

  private func isThere(_ target: FilePath) throws -> Bool {
    guard AuthoredFile.exists(target) else { return false }
    if let length = found.length {
      // The manifest stands in the film: then its end is not counted.
      return try FilmRecord.read(target)?.length == length
        && FilmRecord.digest(of: length, in: target) == manifest.digest
    }
    return (try? FileBytes.digest(target, name: target.string)) == manifest.digest
  }

  /// Publishes the film and its manifest; tells, and returns, whether every byte is as it was.
  private func finish(
    _ staged: FilePath, _ target: FilePath, _ name: String, _ report: StitchReport,
    _ receipts: [RecipeKey: Receipt], _ context: CommandContext
  ) throws -> Bool {
    var isSame = try FileBytes.digest(staged, name: name) == manifest.digest
    var made = manifest
    if manifest.edit.metadata == .full {
      try CommandFailure.atStore { try FilmRecord.append(manifest, to: staged) }
      if found.length == nil {
        isSame = try FileBytes.digest(staged, name: name) == manifest.digest
      }
    }
    let identity = try identity(receipts)
    let published = try CommandFailure.atStore {
      try store.publish(staged, of: identity, frames: report.frames, to: target)
    }
    (made.digest, made.byteCount) = (published.digest, published.byteCount)
    if !isSame {
      (made.encoder, made.stitcher) = (report.encoder, Stitcher.version)
      made.madeWith = "Keyreel \(Version.number)"
      (made.encoded, made.frames) = (report.film.encoded, report.frames)
      made.joins = report.joins
      made.lettered = report.film.lettered.isEmpty ? nil : report.film.lettered
    }
    try CommandFailure.atStore { try store.publish(made, of: identity, beside: target) }
    if isSame {
      context.output.writeLine("wrote \(name): every byte is as its manifest says")
    } else {
      _ = context.tell(differs(name, frames: report.frames))
    }
    return isSame
  }

  private func differs(_ name: String, frames: Int) -> OperationError {
    OperationError(
      .verificationFailed,
      "\(name) was made again with \(frames) frames, but its bytes are not those of its manifest",
      remedy: RebuildChange(manifest)?.text
        ?? "the libraries are the same, so a file or the manifest was changed; see keyreel verify")
  }

  private func identity(_ receipts: [RecipeKey: Receipt]) throws -> Digest {
    try FilmIdentity.digest(
      manifest.edit, title: manifest.name, metadata: metadata, fonts: fonts()
    ) { receipts[$0]?.digest }
  }

  private func fonts() throws -> Digest? {
    try FilmFonts.digest(
      of: manifest.edit, with: manifest.companions.map(\.output.captions), root: root)
  }

  // MARK: What else is made of it

  private func companions() throws -> [FilmProduction.Missing] {
    let clips = Dictionary(
      manifest.clips.map { ($0.recipe, $0.digest) }, uniquingKeysWith: { first, _ in first })
    let identity = try FilmIdentity.digest(
      manifest.edit, title: manifest.name, metadata: metadata, fonts: fonts()
    ) { clips[$0] }
    return try manifest.companions.compactMap { companion in
      let output = companion.output
      guard let place = ProjectPlace(output.path, in: root, keepingOutOf: store.folder) else {
        throw CommandFailure(
          OperationError(
            .unsupported, "\(output.path) of the manifest leads out of the project",
            remedy: "leave out --all"), .usage)
      }
      let state = FilmProver.state(of: companion, at: place.path)
      if state == .same { return nil }
      try OutputGuard(root: root, filmFolder: root).refuse(
        place.path, called: output.path,
        over: Set(
          ManifestSources.references(manifest, keyframes: true).compactMap(\.reference.path)))
      guard state == .gone || replaces else {
        throw CommandFailure(
          OperationError(
            .unsupported, "\(output.path) is another file than what was made of the film",
            remedy: "move it away, or give --replace"), .usage)
      }
      let staged = try CommandFailure.atStore { try store.stage(ending: output.ending) }
      return FilmProduction.Missing(
        companion: FilmCompanion(
          form: output.form, ending: output.ending, path: staged, captions: output.captions),
        identity: FilmProduction.identity(of: output, identity), target: place.path)
    }
  }

  private func publish(
    _ made: FilmProduction.Missing, _ report: StitchReport, _ context: CommandContext
  ) throws -> Bool {
    let receipt = try CommandFailure.atStore {
      made.companion.form == .frames
        ? try store.publishFolder(
          made.companion.path, of: made.identity, frames: report.frames, to: made.target)
        : try store.publish(
          made.companion.path, of: made.identity, frames: report.frames, to: made.target)
    }
    let wanted = manifest.companions.first { root.pushing(FilePath($0.output.path)) == made.target }
    let name = wanted?.output.path ?? made.target.string
    let isSame = receipt.digest == wanted?.digest
    if isSame {
      context.output.writeLine("wrote \(name): every byte is as its manifest says")
    } else {
      _ = context.tell(differs(name, frames: report.frames))
    }
    return isSame
  }
}

/// What differs between the libraries that made a film and those of this program.
struct RebuildChange {
  let text: String

  /// `nil` when nothing does.
  init?(_ manifest: FilmManifest) {
    var changes: [String] = []
    if manifest.encoder != VideoEncoder.version {
      changes.append("with \(manifest.encoder), this machine has \(VideoEncoder.version)")
    }
    if manifest.stitcher != Stitcher.version {
      changes.append(
        "by stitcher \(manifest.stitcher), this is \(Stitcher.version)")
    }
    guard !changes.isEmpty else { return nil }
    text = "the film was made \(changes.joined(separator: " and ")): its bytes may differ"
  }
}
