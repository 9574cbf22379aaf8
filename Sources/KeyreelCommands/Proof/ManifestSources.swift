internal import Keyframes
internal import KeyreelCore
internal import SystemPackage

/// The files of a project that a manifest names, held against their digests.
struct ManifestSources {
  let root: FilePath
  let library: KeyframeLibrary
  let allowsOutside: Bool

  /// Something that is wrong with a file; it may only be gone.
  struct Problem {
    var message: String
    var isGone: Bool
  }

  /// Footage, sounds and pictures that a film's cut list names; with `keyframes` those of clips too.
  static func references(
    _ manifest: FilmManifest, keyframes: Bool
  ) -> [(reference: SourceReference, digest: Digest)] {
    var found: [(SourceReference, Digest)] = []
    func add(_ use: KeyframeUse?) {
      guard let use, let source = use.source else { return }
      switch use.recipe.origin {
      case .still(let digest), .videoFrame(let digest, _): found.append((.picture(source), digest))
      case .rendered: break
      }
    }
    for piece in manifest.edit.pieces {
      switch piece.source {
      case .footage(let path, let digest, _, _, _): found.append((.footage(path), digest))
      case .still(let use): add(use)
      case .clip: break
      }
    }
    found += manifest.edit.soundBeds.map { (.sound($0.path), $0.digest) }
    if keyframes {
      for clip in manifest.clips {
        add(clip.first)
        add(clip.last)
      }
    }
    var seen: Set<SourceReference> = []
    return found.filter { seen.insert($0.0).inserted }.map { (reference: $0.0, digest: $0.1) }
  }

  /// Files of fonts that words of the film are drawn with.
  static func fonts(_ manifest: FilmManifest) -> [String] {
    let uses = manifest.companions.map(\.output.captions)
    return manifest.edit.drawnLooks(with: uses).flatMap(\.fonts).filter { $0.digest != nil }
      .map(\.name)
  }

  /// What is wrong with the files of `manifest`; paths that leave the project are never opened.
  func problems(_ manifest: FilmManifest, keyframes: Bool) async -> [Problem] {
    let wanted = Self.references(manifest, keyframes: keyframes)
    let facts = await library.facts(
      for: wanted.map(\.reference), allowsOutside: allowsOutside)
    return wanted.compactMap { reference, digest in
      let name = reference.path ?? "a picture of an address"
      switch facts.entries[reference] {
      case .success(let fact)?:
        return fact.digest == digest
          ? nil
          : Problem(message: "\(name) is not the file of which the film was made", isGone: false)
      case .failure(let problem)?:
        return Problem(
          message: problem.message, isGone: ["KR0401", "KR0413"].contains(problem.code))
      case nil: return Problem(message: "nothing is known of \(name)", isGone: true)
      }
    }
  }
}
