internal import KeyreelCore
internal import Media
internal import Storage
internal import SystemPackage

/// A film's manifest and where it was found.
struct FoundManifest {
  var manifest: FilmManifest
  /// Where it was found, for people.
  var place: String
  /// The bytes of the film that its digest counts, where it stands inside the film itself.
  var length: Int?
  /// What of it the file is, where it is not the film itself.
  var companion: FilmManifest.Companion?

  /// The manifest of the film `path`, which messages call `name`.
  ///
  /// Asked are the file named, the sidecar, the film itself, the manifests in the same folder that name
  /// it, and `store`. Throws `not-found` when nobody knows it.
  static func find(
    of path: FilePath, called name: String, named: FilePath? = nil, in store: (any ProjectStore)?
  ) throws -> FoundManifest {
    if let named {
      guard let manifest = try ManifestText.read(named) else { throw missing(named.string) }
      return FoundManifest(
        manifest: manifest, place: named.string, companion: companion(named: path, in: manifest))
    }
    let sidecar = DirectoryStore.sidecar(of: path)
    if let manifest = try ManifestText.read(sidecar) {
      return FoundManifest(manifest: manifest, place: sidecar.string)
    }
    if let found = try inFile(path) { return found }
    if let found = beside(path) { return found }
    if let store, let digest = try? FileBytes.digest(path, name: name),
      let manifest = try store.manifest(ofFilm: digest)
    {
      return FoundManifest(manifest: manifest, place: "the store \(store.address)")
    }
    guard AuthoredFile.exists(path) else { throw missing(name) }
    throw OperationError(
      .notFound,
      "\(name) has no manifest: it was not made by Keyreel, or \(sidecar.lastComponent?.string ?? "") "
        + "was left behind",
      remedy: "put the manifest back beside it, or name it with --manifest")
  }

  private static func inFile(_ path: FilePath) throws -> FoundManifest? {
    guard (try? FileBytes.head(path, name: path.string, count: 8)) != nil,
      let found = try FilmRecord.read(path)
    else { return nil }
    return FoundManifest(
      manifest: found.manifest, place: "the film itself", length: found.length)
  }

  /// The manifest of a film in the same folder that names `path` as made of it.
  private static func beside(_ path: FilePath) -> FoundManifest? {
    let folder = path.removingLastComponent()
    let names = AuthoredFile.names(in: folder).filter { $0.hasSuffix(".manifest.json") }
    for name in names.sorted() {
      let file = folder.appending(name)
      guard let manifest = (try? ManifestText.read(file)) ?? nil,
        let companion = companion(named: path, in: manifest)
      else { continue }
      return FoundManifest(manifest: manifest, place: file.string, companion: companion)
    }
    return nil
  }

  private static func companion(
    named path: FilePath, in manifest: FilmManifest
  ) -> FilmManifest.Companion? {
    manifest.companions.first {
      FilePath($0.output.path).lastComponent?.string == path.lastComponent?.string
    }
  }

  private static func missing(_ name: String) -> OperationError {
    OperationError(.notFound, "there is no \(name)", remedy: "check the name")
  }
}
