public import KeyreelCore
public import SystemPackage

extension DirectoryStore {
  /// Keeps `manifest` with the film of `identity`, and writes it beside `output` as a sidecar.
  public func publish(
    _ manifest: FilmManifest, of identity: Digest, beside output: FilePath
  ) throws {
    let bytes = ManifestText.encode(manifest)
    let kept = layout.manifest(identity)
    try session.makeReady()
    try Disk.makeFolders(kept.parent)
    try Disk.replace(bytes, at: kept, through: try session.draft(ending: "json"))
    try putSidecar(bytes, beside: output)
  }

  /// The manifest of the film of `identity`, written beside `output` again where it is not there.
  ///
  /// `nil` for films of older versions.
  public func republishManifest(
    of identity: Digest, beside output: FilePath
  ) throws -> FilmManifest? {
    guard let manifest = (try? ManifestText.read(layout.manifest(identity))) ?? nil else {
      return nil
    }
    let bytes = ManifestText.encode(manifest)
    if try Disk.read(Self.sidecar(of: output)) != bytes {
      try putSidecar(bytes, beside: output)
    }
    return manifest
  }

  /// Reads the sidecar of the film at `output`; throws `not-found` or `corrupt`, which name it.
  public static func manifest(beside output: FilePath) throws -> FilmManifest {
    let sidecar = sidecar(of: output)
    guard let found = try ManifestText.read(sidecar) else {
      throw OperationError(
        .notFound, "there is no manifest \(sidecar)",
        remedy: "keep it beside the film, or run the pipeline again, which writes it anew")
    }
    return found
  }

  /// The manifest of the film with these bytes, if this store published it.
  public func manifest(ofFilm digest: Digest) throws -> FilmManifest? {
    let films = layout.folder.child("films")
    for shelf in (try? Disk.names(in: films)) ?? [] {
      for name in (try? Disk.names(in: films.child(shelf))) ?? []
      where name.hasSuffix(".manifest.json") {
        let path = films.child(shelf).child(name)
        if let found = (try? ManifestText.read(path)) ?? nil, found.digest == digest {
          return found
        }
      }
    }
    return nil
  }

  /// Where the manifest of the film at `output` is: `film.mp4.manifest.json`.
  public static func sidecar(of output: FilePath) -> FilePath {
    output.parent.child((output.lastComponent?.string ?? "film") + ".manifest.json")
  }

  /// Digest and length of the film at `path`.
  public static func identify(_ path: FilePath) throws -> (digest: Digest, byteCount: Int) {
    guard let file = try Disk.open(path, .readOnly, "read") else {
      throw OperationError.file(.noSuchFileOrDirectory, "read", path)
    }
    defer { try? file.close() }
    return try Disk.digest(of: file, at: path)
  }

  private func putSidecar(_ bytes: [UInt8], beside output: FilePath) throws {
    let draft = try stage(ending: "json")
    try Disk.write(bytes, to: draft)
    try Disk.setMode(0o644, of: draft)
    try putFile(draft, at: Self.sidecar(of: output))
  }
}
