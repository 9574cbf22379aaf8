#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
public import KeyreelCore
public import SystemPackage

/// Films as folders of pictures: published in one step too, and never over anything else.
extension DirectoryStore {
  /// Moves the folder `staged` to `output` as a whole, and remembers it as what `identity` makes.
  ///
  /// A folder of pictures that stands there is replaced whole; one that holds anything but numbered
  /// pictures is left alone, and the error names what was found.
  public func publishFolder(
    _ staged: FilePath, of identity: Digest, frames: Int, to output: FilePath
  ) throws -> FilmReceipt {
    if Disk.exists(output) { try Self.requirePictures(output) }
    for name in try Disk.names(in: staged) { try Disk.setMode(0o644, of: staged.child(name)) }
    let found = try Self.summary(of: staged)
    let receipt = FilmReceipt(
      assembly: identity, digest: found.digest, byteCount: found.byteCount, frames: frames)
    try Disk.makeFolders(output.parent)
    let draft = try beside(output, staged)
    if Disk.exists(output) {
      try Self.replace(output, by: draft)
    } else {
      try Disk.rename(draft, to: output)
    }
    try session.makeReady()
    let path = layout.film(identity)
    try Disk.makeFolders(path.parent)
    try Disk.replace(
      StoreRecords.encode(StoreRecords.Film(receipt: receipt, places: [:])), at: path,
      through: try session.draft(ending: "json"))
    return receipt
  }

  /// The receipt of the folder at `output`, when it still is what `identity` made; all of it is read.
  public func intactFolder(of identity: Digest, at output: FilePath) throws -> FilmReceipt? {
    guard let receipt = try film(for: identity), Disk.status(output)?.isFolder == true else {
      return nil
    }
    return (try? Self.summary(of: output))?.digest == receipt.digest ? receipt : nil
  }

  /// Digest and bytes of the pictures in the folder at `path`, as its receipt counts them.
  public static func identifyFolder(_ path: FilePath) throws -> (digest: Digest, byteCount: Int) {
    guard Disk.status(path)?.isFolder == true else {
      throw OperationError.file(.noSuchFileOrDirectory, "read", path)
    }
    return try summary(of: path)
  }

  /// Removes what was staged and is not wanted any more: a file, or a folder of pictures.
  public func discard(_ staged: FilePath) {
    if Disk.status(staged)?.isFolder == true {
      Self.removePictures(staged)
    } else {
      Disk.remove(staged)
    }
  }

  /// The folder on the file system of `output`: itself, or a copy.
  private func beside(_ output: FilePath, _ staged: FilePath) throws -> FilePath {
    let name = ".\(output.lastComponent?.string ?? "frames").draft"
    let draft = output.parent.child(name)
    Self.removePictures(draft)
    do {
      try Disk.rename(staged, to: draft)
    } catch {
      guard let errno = error.underlying as? Errno, errno == .improperLink else { throw error }
      try Disk.makeFolders(draft)
      for name in try Disk.names(in: staged) {
        try Disk.copy(staged.child(name), onto: draft.child(name))
      }
    }
    return draft
  }

  /// Puts the folder `new` in the place of `old`; whole folders change, so no reader sees a mixture.
  private static func replace(_ old: FilePath, by new: FilePath) throws {
    let aside = old.parent.child(".\(old.lastComponent?.string ?? "frames").old")
    removePictures(aside)
    try Disk.rename(old, to: aside)
    do {
      try Disk.rename(new, to: old)
    } catch {
      try? Disk.rename(aside, to: old)
      throw error
    }
    removePictures(aside)
  }

  private static func isPicture(_ name: String) -> Bool {
    name.hasSuffix(".png") && name.count > 4 && name.dropLast(4).allSatisfy(\.isNumber)
  }

  private static func requirePictures(_ folder: FilePath) throws {
    guard Disk.status(folder)?.isFolder == true else {
      throw OperationError(
        .inputOutput, "cannot write frames to \(folder): a file stands in its place",
        remedy: "move it away, or name another output")
    }
    if let other = try Disk.names(in: folder).first(where: { !isPicture($0) }) {
      throw OperationError(
        .inputOutput,
        "\(folder) holds `\(other)`, which is no frame, so the folder is not replaced",
        remedy: "move it away, or name another output")
    }
  }

  /// Removes the numbered pictures of `folder`, and the folder if nothing else is in it.
  private static func removePictures(_ folder: FilePath) {
    for name in (try? Disk.names(in: folder)) ?? [] where isPicture(name) {
      Disk.remove(folder.child(name))
    }
    _ = rmdir(folder.string)
  }

  private static func summary(
    of folder: FilePath
  ) throws -> (digest: Digest, byteCount: Int) {
    var (lines, bytes) = ("", 0)
    for name in try Disk.names(in: folder) {
      let path = folder.child(name)
      guard let file = try Disk.open(path, .readOnly, "read") else { continue }
      defer { try? file.close() }
      let found = try Disk.digest(of: file, at: path)
      lines += "\(found.digest.hex) \(name)\n"
      bytes += found.byteCount
    }
    return (Digest.of(Array(lines.utf8)), bytes)
  }
}
