internal import Keyframes
internal import KeyreelCore
internal import Stitching
internal import Storage
internal import SystemPackage

/// Turns finished clips into published films, and leaves alone what has not changed.
struct FilmProduction: Sendable {
  let project: Project
  let store: any ProjectStore
  let pictures: KeyframeLibrary
  let reporter: any Reporter

  /// Stitches and publishes `film`, or finds it unchanged; throws a ``CommandFailure`` or an
  /// ``OperationError``.
  func produce(_ film: FilmPlan, of plan: Plan, receipts: [RecipeKey: Receipt]) async throws {
    let metadata = FilmMetadata.tags(of: film, plan: plan, mode: film.assembly.metadata)
    let identity = try identity(of: film, receipts: receipts, metadata: metadata)
    let outputGuard = OutputGuard(root: project.root, filmFolder: project.filmFolder)
    for output in film.outputs + film.companions.map(\.path) {
      try outputGuard.check(output, of: film, in: plan)
    }
    var missing = try companions(of: film, identity)
    defer { missing.forEach { store.discard($0.companion.path) } }
    for (index, output) in film.outputs.enumerated() {
      let target = project.filmFolder.pushing(FilePath(output))
      // What else is missing is made of the same frames, so that clips are decoded once.
      let others = index == 0 ? missing : []
      if others.isEmpty, let manifest = try republish(film, identity, to: target) {
        try noteCompanions(of: film, in: manifest, identity, beside: target)
        continue
      }
      let staged = try CommandFailure.atStore { try store.stage(ending: "mp4") }
      let report = try await stitch(
        film, receipts: receipts, metadata: metadata, companions: others.map(\.companion),
        into: staged)
      var manifest = try publish(
        staged, film, report, identity, to: target, receipts: receipts, metadata: metadata)
      for other in others { try publish(other, film, report) }
      manifest.companions = try madeCompanions(of: film, identity)
      try CommandFailure.atStore { try store.publish(manifest, of: identity, beside: target) }
      if index == 0 { missing = [] }
    }
  }

  /// The manifest, where `target` is the film already or could be copied from where it was published before.
  ///
  /// A film without one was left by a run that ended just then: it is made again, to the same bytes.
  private func republish(
    _ film: FilmPlan, _ identity: Digest, to target: FilePath
  ) throws -> FilmManifest? {
    let found = try CommandFailure.atStore {
      try store.republish(identity, to: target).flatMap { known in
        try store.republishManifest(of: identity, beside: target).map { (known, $0) }
      }
    }
    guard let (known, manifest) = found else { return nil }
    reportJoins(of: manifest)
    report(film, target, frames: known.frames, reused: true)
    return manifest
  }

  /// Moves the film that was made to its place, and tells of it; its manifest is still to be written.
  private func publish(
    _ staged: FilePath, _ film: FilmPlan, _ report: StitchReport, _ identity: Digest,
    to target: FilePath, receipts: [RecipeKey: Receipt], metadata: [(key: String, value: String)]
  ) throws -> FilmManifest {
    var manifest = FilmManifest(film, report, receipts: receipts, metadata: metadata)
    if film.assembly.metadata == .full {
      try CommandFailure.atStore { try FilmRecord.append(manifest, to: staged) }
    }
    let published = try CommandFailure.atStore {
      try store.publish(staged, of: identity, frames: report.frames, to: target)
    }
    (manifest.digest, manifest.byteCount) = (published.digest, published.byteCount)
    reportJoins(of: manifest)
    for piece in report.pieces {
      guard let obstacle = piece.obstacle else { continue }
      reporter.report(.remark("\(piece.label): all of it is encoded anew, because \(obstacle)"))
    }
    if report.frames != report.planned {
      reporter.report(
        .remark(
          "\(film.name) has \(report.frames) frames instead of \(report.planned): clips came with "
            + "other lengths than planned (conform: accept)"))
    }
    if let remark = LetteringRemark.text(report) {
      reporter.report(.remark("\(film.name): \(remark)"))
    }
    if let remark = SoundRemark.text(report) { reporter.report(.remark("\(film.name) \(remark)")) }
    self.report(film, target, frames: report.frames, reused: false)
    return manifest
  }

  func report(_ film: FilmPlan, _ target: FilePath, frames: Int, reused: Bool) {
    reporter.report(
      .filmPublished(
        film: film.name, path: seen(target), frames: frames,
        duration: film.frameRate.duration(of: frames), reused: reused))
  }

  /// What is known of `film` where it is as a run would make it, so that a run would write nothing.
  func published(_ film: FilmPlan, of plan: Plan) throws -> FilmReceipt? {
    var receipts: [RecipeKey: Receipt] = [:]
    try store.lookUp(film.segments.map(\.chosen.key))
    for key in film.segments.map(\.chosen.key) {
      guard let receipt = try store.receipt(for: key) else { return nil }
      receipts[key] = receipt
    }
    let metadata = FilmMetadata.tags(of: film, plan: plan, mode: film.assembly.metadata)
    let identity: Digest
    do {
      identity = try self.identity(of: film, receipts: receipts, metadata: metadata)
    } catch let error as OperationError where error.code == .notFound {
      // Without the font of its words, this machine would not make the film at all.
      return nil
    }
    guard let known = try store.film(for: identity) else { return nil }
    let isThere = film.outputs.allSatisfy { output in
      let target = project.filmFolder.pushing(FilePath(output))
      guard let file = try? FileDescriptor.open(target, .readOnly) else { return false }
      defer { try? file.close() }
      return (try? file.seek(offset: 0, from: .end)) == Int64(known.byteCount)
    }
    guard isThere, try film.companions.allSatisfy({ try isPublished($0, identity) }) else {
      return nil
    }
    return known
  }

  private func reportJoins(of manifest: FilmManifest) {
    for join in manifest.joins {
      reporter.report(.joinMeasured(film: manifest.name, join))
    }
  }

  /// `file` as one would type it in the working folder.
  private func seen(_ file: FilePath) -> String {
    var relative = file
    return relative.removePrefix(project.workingFolder) ? relative.string : file.string
  }

  private func stitch(
    _ film: FilmPlan, receipts: [RecipeKey: Receipt], metadata: [(key: String, value: String)],
    companions: [FilmCompanion], into staged: FilePath
  ) async throws -> StitchReport {
    let segments = Dictionary(
      film.segments.map { ($0.chosen.key, $0) }, uniquingKeysWith: { first, _ in first })
    return try await OwnThread.run { [root = project.root, store, reporter, pictures] token in
      let sources = FilmSources(
        store: store, root: root, pictures: pictures, receipts: receipts, token: token
      ) { key, end in segments[key]?.keyframe(end) }
      return try Stitcher().stitch(
        film.assembly, from: sources, into: staged, title: film.name, metadata: metadata,
        companions: companions, token: token
      ) { done, total in
        // Told for every frame; a hundred steps are enough for any reader.
        guard done == total || done % max(1, total / 100) == 0 else { return }
        reporter.report(.stitching(film: film.name, done: done, of: total))
      }
    }
  }

  private func identity(
    of film: FilmPlan, receipts: [RecipeKey: Receipt], metadata: [(key: String, value: String)]
  ) throws -> Digest {
    FilmIdentity.digest(
      film.assembly, title: film.name, metadata: metadata,
      fonts: try FilmFonts.digest(of: film, root: project.root)
    ) { receipts[$0]?.digest }
  }
}

extension Segment {
  /// What the clip begins or ends on.
  fileprivate func keyframe(_ end: ClipEnd) -> KeyframeUse? {
    switch end {
    case .first: first
    case .last: last
    }
  }
}
