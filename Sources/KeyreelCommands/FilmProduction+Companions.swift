internal import KeyreelCore
internal import Stitching
internal import Storage
internal import SystemPackage

extension FilmProduction {
  /// Something that is still to be made of a film, and where it stands until it is published.
  struct Missing {
    let companion: FilmCompanion
    let identity: Digest
    let target: FilePath
  }

  /// What beside the film has to be made; the rest is there, or is copied from where it is.
  func companions(of film: FilmPlan, _ identity: Digest) throws -> [Missing] {
    try film.companions.compactMap { output in
      let target = project.filmFolder.pushing(FilePath(output.path))
      let own = Self.identity(of: output, identity)
      let known = try CommandFailure.atStore {
        output.form == .frames
          ? try store.intactFolder(of: own, at: target) : try store.republish(own, to: target)
      }
      if let known {
        report(film, target, frames: known.frames, reused: true)
        return nil
      }
      let staged = try CommandFailure.atStore { try store.stage(ending: output.ending) }
      return Missing(
        companion: FilmCompanion(
          form: output.form, ending: output.ending, path: staged, captions: output.captions),
        identity: own, target: target)
    }
  }

  /// Moves what was made to its place.
  func publish(_ made: Missing, _ film: FilmPlan, _ report: StitchReport) throws {
    _ = try CommandFailure.atStore {
      made.companion.form == .frames
        ? try store.publishFolder(
          made.companion.path, of: made.identity, frames: report.frames, to: made.target)
        : try store.publish(
          made.companion.path, of: made.identity, frames: report.frames, to: made.target)
    }
    self.report(film, made.target, frames: report.frames, reused: false)
  }

  /// What is made beside the film now, as its manifest names it.
  func madeCompanions(
    of film: FilmPlan, _ identity: Digest
  ) throws -> [FilmManifest.Companion] {
    try CommandFailure.atStore {
      try film.companions.compactMap { output in
        try store.film(for: Self.identity(of: output, identity)).map {
          FilmManifest.Companion(output: output, digest: $0.digest, byteCount: $0.byteCount)
        }
      }
    }
  }

  /// Sees to it that the manifest of the film at `target` names what is made beside the film now.
  func noteCompanions(
    of film: FilmPlan, in manifest: FilmManifest, _ identity: Digest, beside target: FilePath
  ) throws {
    let companions = try madeCompanions(of: film, identity)
    guard manifest.companions != companions else { return }
    var manifest = manifest
    manifest.companions = companions
    try CommandFailure.atStore { [manifest] in
      try store.publish(manifest, of: identity, beside: target)
    }
  }

  /// Whether `output` is there as a run would make it.
  func isPublished(_ output: FilmOutput, _ identity: Digest) throws -> Bool {
    let own = Self.identity(of: output, identity)
    let target = project.filmFolder.pushing(FilePath(output.path))
    if output.form == .frames { return try store.intactFolder(of: own, at: target) != nil }
    guard let known = try store.film(for: own),
      let file = try? FileDescriptor.open(target, .readOnly)
    else { return false }
    defer { try? file.close() }
    return (try? file.seek(offset: 0, from: .end)) == Int64(known.byteCount)
  }

  /// What decides the bytes of `output`: those of the film, and how they are written.
  static func identity(of output: FilmOutput, _ film: Digest) -> Digest {
    var text = JSONText()
    text.object {
      $0.key("film")
      $0.value(film.hex)
      $0.key("form")
      $0.value(output.form.key)
      $0.key("ending")
      $0.value(output.ending)
      guard output.captions != .none else { return }
      $0.key("captions")
      $0.value(output.captions.key)
    }
    return Digest.of(text.bytes)
  }
}
