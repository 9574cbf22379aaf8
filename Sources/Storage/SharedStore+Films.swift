public import KeyreelCore
public import SystemPackage

/// Films and their manifests: they stand on this machine, and others hear of them.
extension SharedStore {
  /// The film made of an assembly, if it was, here or elsewhere.
  public func film(for assembly: Digest) throws -> FilmReceipt? {
    if let known = try local.film(for: assembly) { return known }
    let bytes = try space.read(Self.filmName(assembly))
    let found = bytes.flatMap { try? StoreRecords.decode(FilmReceipt.self, $0) }
    return found?.assembly == assembly ? found : nil
  }

  private static func filmName(_ assembly: Digest) -> String {
    "films/\(assembly.hex.prefix(2))/\(assembly.hex).json"
  }

  /// Moves `staged` to `output` atomically and remembers it; the film itself stays on this machine.
  public func publish(
    _ staged: FilePath, of assembly: Digest, frames: Int, to output: FilePath
  ) throws -> FilmReceipt {
    let receipt = try local.publish(staged, of: assembly, frames: frames, to: output)
    tell(of: receipt)
    return receipt
  }

  /// Moves the folder of pictures `staged` to `output` as a whole; it stays on this machine.
  public func publishFolder(
    _ staged: FilePath, of identity: Digest, frames: Int, to output: FilePath
  ) throws -> FilmReceipt {
    let receipt = try local.publishFolder(staged, of: identity, frames: frames, to: output)
    tell(of: receipt)
    return receipt
  }

  /// Lets others know the film, which is at its place; that they do not hear of it costs them a look.
  private func tell(of receipt: FilmReceipt) {
    guard access == .full else { return }
    _ = try? space.create(Self.filmName(receipt.assembly), StoreRecords.encode(receipt))
  }

  /// Sees to it that `output` is the film of `assembly` without stitching it, where this machine has it.
  public func republish(_ assembly: Digest, to output: FilePath) throws -> FilmReceipt? {
    try local.republish(assembly, to: output)
  }

  /// The receipt of the folder at `output`, when it still is what `identity` made here.
  public func intactFolder(of identity: Digest, at output: FilePath) throws -> FilmReceipt? {
    try local.intactFolder(of: identity, at: output)
  }

  /// Removes what was staged and is not wanted any more: a file, or a folder of pictures.
  public func discard(_ staged: FilePath) { local.discard(staged) }

  /// Keeps `manifest` on this machine, and writes it beside `output` as a sidecar.
  public func publish(
    _ manifest: FilmManifest, of identity: Digest, beside output: FilePath
  ) throws {
    try local.publish(manifest, of: identity, beside: output)
  }

  /// The manifest of the film of `identity`, written beside `output` again; `nil` when it was not made here.
  public func republishManifest(
    of identity: Digest, beside output: FilePath
  ) throws -> FilmManifest? {
    try local.republishManifest(of: identity, beside: output)
  }

  /// The manifest of the film with these bytes, if this machine published it.
  public func manifest(ofFilm digest: Digest) throws -> FilmManifest? {
    try local.manifest(ofFilm: digest)
  }
}
