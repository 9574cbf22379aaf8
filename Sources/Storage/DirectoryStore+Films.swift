public import KeyreelCore
public import SystemPackage

extension DirectoryStore {
  /// The film made of an assembly, if it was; a damaged note counts as none.
  public func film(for assembly: Digest) throws -> FilmReceipt? {
    do {
      let record = try StoreRecords.read(FilmReceipt.self, at: layout.film(assembly))
      return record?.assembly == assembly ? record : nil
    } catch  where error.code == .corrupt {
      return nil
    }
  }

  /// Remembers the film of an assembly and moves `staged` to `output` atomically.
  ///
  /// Makes the folders above `output`. What is there is replaced in one step; a link is replaced
  /// itself, and what it leads to stays as it is. On another file system the film is copied beside
  /// `output` first.
  public func publish(_ staged: FilePath, as receipt: FilmReceipt, to output: FilePath) throws {
    let found = try Disk.settle(staged)
    guard found.digest == receipt.digest, found.byteCount == receipt.byteCount else {
      throw OperationError(
        .corrupt, "\(staged) changed after it was checked", remedy: "run again")
    }
    if Disk.status(output)?.isFolder == true {
      throw OperationError(
        .inputOutput, "cannot write the film \(output): a folder stands in its place",
        remedy: "move it away, or name another output")
    }
    try place(staged, at: output)
    try session.makeReady()
    let note = layout.film(receipt.assembly)
    try Disk.makeFolders(note.removingLastComponent())
    try Disk.replace(
      StoreRecords.encode(receipt), at: note, through: try session.draft(ending: "json"))
  }

  private func place(_ staged: FilePath, at output: FilePath) throws {
    do throws(OperationError) {
      try Disk.makeFolders(output.removingLastComponent())
      try Disk.setMode(0o644, of: staged)
      try move(staged, to: output)
    } catch {
      guard error.code == .permissionDenied else { throw error }
      throw OperationError(
        .permissionDenied, error.message,
        remedy: "check the rights of \(output.removingLastComponent()), or name another output",
        underlying: error.underlying)
    }
  }

  private func move(_ staged: FilePath, to output: FilePath) throws(OperationError) {
    do {
      try Disk.rename(staged, to: output)
    } catch {
      guard let errno = error.underlying as? Errno, errno == .improperLink else { throw error }
      let suffix = String(UInt64.random(in: 0 ... .max), radix: 16)
      let beside = output.removingLastComponent().appending(
        ".\(output.lastComponent?.string ?? "film").\(suffix)")
      try Disk.copy(staged, to: beside)
      do { try Disk.rename(beside, to: output) } catch {
        Disk.remove(beside)
        throw error
      }
      Disk.remove(staged)
    }
  }
}
