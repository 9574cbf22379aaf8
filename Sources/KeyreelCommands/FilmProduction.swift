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
    let identity = identity(of: film, receipts: receipts, metadata: metadata)
    let outputGuard = OutputGuard(root: root)
    for output in film.outputs {
      try outputGuard.check(output, of: film, in: plan)
      let target = root.pushing(FilePath(output))
      if let known = try CommandFailure.atStore({ try store.republish(identity, to: target) }) {
        reporter.report(
          .filmPublished(
            film: film.name, path: seen(target), frames: known.frames,
            duration: film.frameRate.duration(of: known.frames), reused: true))
        continue
      }
      let staged = try CommandFailure.atStore { try store.stage(ending: "mp4") }
      let report = try await stitch(film, receipts: receipts, metadata: metadata, into: staged)
      _ = try CommandFailure.atStore {
        try store.publish(staged, of: identity, frames: report.frames, to: target)
      }
      if report.frames != report.planned {
        reporter.report(
          .remark(
            "\(film.name) has \(report.frames) frames instead of \(report.planned): clips came with "
              + "other lengths than planned (conform: accept)"))
      }
      reporter.report(
        .filmPublished(
          film: film.name, path: seen(target), frames: report.frames, duration: report.duration,
          reused: false))
    }
  }

  /// Whether `film` is there as a run would make it, so that a run would write nothing.
  func isPublished(_ film: FilmPlan, of plan: Plan) throws -> Bool {
    var receipts: [RecipeKey: Receipt] = [:]
    for key in film.segments.map(\.chosen.key) {
      guard let receipt = try store.receipt(for: key) else { return false }
      receipts[key] = receipt
    }
    let metadata = FilmMetadata.tags(of: film, plan: plan, mode: film.assembly.metadata)
    let identity = identity(of: film, receipts: receipts, metadata: metadata)
    guard let known = try store.film(for: identity) else { return false }
    return film.outputs.allSatisfy { output in
      let target = root.pushing(FilePath(output))
      guard let file = try? FileDescriptor.open(target, .readOnly) else { return false }
      defer { try? file.close() }
      return (try? file.seek(offset: 0, from: .end)) == Int64(known.byteCount)
    }
  }

  /// `file` as one would type it in the working folder.
  private func seen(_ file: FilePath) -> String {
    var relative = file
    return relative.removePrefix(workingFolder) ? relative.string : file.string
  }

  private func stitch(
    _ film: FilmPlan, receipts: [RecipeKey: Receipt], metadata: [(key: String, value: String)],
    into staged: FilePath
  ) async throws -> StitchReport {
    try await OwnThread.run { [root, store, reporter, pictures] token in
      let sources = FilmSources(
        clip: { key in
          guard let receipt = receipts[key] else {
            throw OperationError(.notFound, "the clip \(key) is not in the store")
          }
          return try store.clip(receipt)
        },
        file: { root.pushing(FilePath($0)) },
        // Decoded when it is shown: a film may have more stills than fit into memory.
        still: { use in try pictures.picture(use, token: token) })
      return try Stitcher().stitch(
        film.assembly, from: sources, into: staged, title: film.name, metadata: metadata,
        token: token
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
  ) -> Digest {
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
