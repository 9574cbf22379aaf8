internal import Keyframes
internal import KeyreelCore
internal import Stitching
internal import Storage
internal import SystemPackage

/// Turns finished clips into published films, and leaves alone what has not changed.
struct FilmProduction: Sendable {
  let root: FilePath
  /// The user's working folder; films are named as seen from there.
  let workingFolder: FilePath
  let store: any ProjectStore
  let pictures: KeyframeLibrary
  let reporter: any Reporter

  /// Stitches and publishes `film`, or finds it unchanged; throws a ``CommandFailure`` or an
  /// ``OperationError``.
  func produce(_ film: FilmPlan, of plan: Plan, receipts: [RecipeKey: Receipt]) async throws {
    let metadata = FilmMetadata.tags(of: film, plan: plan, mode: film.assembly.metadata)
    let identity = try identity(of: film, receipts: receipts, metadata: metadata)
    let outputGuard = OutputGuard(root: root)
    for output in film.outputs + film.companions.map(\.path) {
      try outputGuard.check(output, of: film, in: plan)
    }
    var missing = try companions(of: film, identity)
    defer { missing.forEach { store.discard($0.companion.path) } }
    for (index, output) in film.outputs.enumerated() {
      let target = root.pushing(FilePath(output))
      // What else is missing is made of the same frames, so that clips are decoded once.
      let others = index == 0 ? missing : []
      if others.isEmpty, try republish(film, identity, to: target) { continue }
      let staged = try CommandFailure.atStore { try store.stage(ending: "mp4") }
      let report = try await stitch(
        film, receipts: receipts, metadata: metadata, companions: others.map(\.companion),
        into: staged)
      try publish(staged, film, report, identity, to: target, receipts: receipts)
      for other in others { try publish(other, film, report) }
      if index == 0 { missing = [] }
    }
  }

  /// Whether `target` is the film already, or could be copied from where it was published before.
  private func republish(_ film: FilmPlan, _ identity: Digest, to target: FilePath) throws -> Bool {
    guard let known = try CommandFailure.atStore({ try store.republish(identity, to: target) })
    else { return false }
    let manifest = try CommandFailure.atStore {
      try store.republishManifest(of: identity, beside: target)
    }
    if let manifest { reportJoins(of: manifest) }
    report(film, target, frames: known.frames, reused: true)
    return true
  }

  private func publish(
    _ staged: FilePath, _ film: FilmPlan, _ report: StitchReport, _ identity: Digest,
    to target: FilePath, receipts: [RecipeKey: Receipt]
  ) throws {
    let published = try CommandFailure.atStore {
      try store.publish(staged, of: identity, frames: report.frames, to: target)
    }
    let manifest = FilmManifest(film, report, published, receipts: receipts)
    try CommandFailure.atStore { try store.publish(manifest, of: identity, beside: target) }
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
      let target = root.pushing(FilePath(output))
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
    return relative.removePrefix(workingFolder) ? relative.string : file.string
  }

  private func stitch(
    _ film: FilmPlan, receipts: [RecipeKey: Receipt], metadata: [(key: String, value: String)],
    companions: [FilmCompanion], into staged: FilePath
  ) async throws -> StitchReport {
    let segments = Dictionary(
      film.segments.map { ($0.chosen.key, $0) }, uniquingKeysWith: { first, _ in first })
    return try await OwnThread.run { [root, store, reporter, pictures] token in
      let sources = FilmSources(
        clip: { key in
          guard let receipt = receipts[key] else {
            throw OperationError(.notFound, "the clip \(key) is not in the store")
          }
          return try store.clip(receipt)
        },
        file: { root.pushing(FilePath($0)) },
        // Decoded when it is shown: a film may have more stills than fit into memory.
        still: { use in try pictures.picture(use, token: token) },
        keyframe: { key, end in
          // What another clip ended on is nothing that an author drew.
          guard let segment = segments[key], let use = segment.keyframe(end), use.source != nil
          else { return nil }
          return try pictures.picture(use, token: token)
        })
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

  /// What decides the film's bytes: the cut list, the clips as they were delivered, what the film says
  /// of itself, and us.
  private func identity(
    of film: FilmPlan, receipts: [RecipeKey: Receipt], metadata: [(key: String, value: String)]
  ) throws -> Digest {
    let fonts = try FilmFonts.digest(of: film, root: root)
    var text = JSONText()
    text.object { text in
      text.key("keyreel")
      text.value(Version.number)
      text.key("stitcher")
      text.value(Stitcher.version)
      text.key("assembly")
      text.value(film.assembly.key.hex)
      text.key("title")
      text.value(film.name)
      text.key("metadata")
      text.array { text in
        for tag in metadata {
          text.value(tag.key)
          text.value(tag.value)
        }
      }
      if let fonts {
        text.key("fonts")
        text.value(fonts.hex)
      }
      text.key("clips")
      text.array { text in
        for case .clip(let key) in film.assembly.pieces.map(\.source) {
          text.value(receipts[key]?.digest.hex ?? "")
        }
      }
    }
    return Digest.of(text.bytes)
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
