public import KeyreelCore
public import SystemPackage

extension DirectoryStore {
  /// The film made of an assembly, if it was; a damaged note counts as none.
  public func film(for assembly: Digest) throws -> FilmReceipt? {
    try filmRecord(assembly)?.receipt
  }

  /// Remembers the film of an assembly and moves `staged` to `output` atomically.
  ///
  /// Makes the folders above `output`. What is there is replaced in one step; a link is replaced
  /// itself, and what it leads to stays as it is. On another file system the film is copied beside
  /// `output` first.
  public func publish(
    _ staged: FilePath, of assembly: Digest, frames: Int, to output: FilePath
  ) throws -> FilmReceipt {
    let found = try Disk.settle(staged)
    let receipt = FilmReceipt(
      assembly: assembly, digest: found.digest, byteCount: found.byteCount, frames: frames)
    try Disk.setMode(0o644, of: staged)
    try put(output) { () throws(OperationError) in
      try self.move(staged, to: output)
    }
    try session.makeReady()
    try note(receipt, at: output)
    return receipt
  }

  /// Sees to it that `output` is the film of `assembly` without stitching it, where that is possible.
  ///
  /// Returns the receipt when `output` is that film already, or could be copied from another place
  /// where it was published and still is; `nil` when the film has to be stitched.
  public func republish(_ assembly: Digest, to output: FilePath) throws -> FilmReceipt? {
    guard let record = try filmRecord(assembly) else { return nil }
    if isIntact(record, at: output) {
      if record.places[output.string] != Disk.status(output) {
        // Known by its bytes: next time its status is enough. A store that can only be read forgets it.
        try? note(record.receipt, at: output)
      }
      return record.receipt
    }
    for place in record.places.keys.sorted() where place != output.string {
      guard isIntact(record, at: FilePath(place)) else { continue }
      try put(output) { () throws(OperationError) in
        try self.copy(FilePath(place), to: output)
      }
      try note(record.receipt, at: output)
      return record.receipt
    }
    return nil
  }

  private func filmRecord(_ assembly: Digest) throws(OperationError) -> StoreRecords.Film? {
    do {
      let record = try StoreRecords.read(StoreRecords.Film.self, at: layout.film(assembly))
      return record?.receipt.assembly == assembly ? record : nil
    } catch  where error.code == .corrupt {
      return nil
    }
  }

  /// Whether the file at `place` is the film: by its status where that is known, else by its bytes.
  ///
  /// What cannot be read is not: then it is stitched, or copied from elsewhere.
  private func isIntact(_ record: StoreRecords.Film, at place: FilePath) -> Bool {
    guard let status = Disk.status(place), status.isRegular,
      status.size == record.receipt.byteCount
    else { return false }
    if record.places[place.string] == status { return true }
    guard let file = try? Disk.open(place, .readOnly, "read") else { return false }
    defer { try? file.close() }
    return (try? Disk.digest(of: file, at: place))?.digest == record.receipt.digest
  }

  private func note(_ receipt: FilmReceipt, at output: FilePath) throws(OperationError) {
    var record = StoreRecords.Film(receipt: receipt, places: [:])
    if let old = try filmRecord(receipt.assembly), old.receipt == receipt {
      record.places = old.places.filter { Disk.status(FilePath($0.key)) == $0.value }
    }
    record.places[output.string] = Disk.status(output)
    let path = layout.film(receipt.assembly)
    try Disk.makeFolders(path.parent)
    try Disk.replace(
      StoreRecords.encode(record), at: path, through: try session.draft(ending: "json"))
  }

  /// Runs `body`, which writes `output`, and words its troubles for a place outside the store.
  private func put(_ output: FilePath, _ body: () throws(OperationError) -> Void) throws {
    if Disk.status(output)?.isFolder == true {
      throw OperationError(
        .inputOutput, "cannot write the film \(output): a folder stands in its place",
        remedy: "move it away, or name another output")
    }
    do throws(OperationError) {
      try Disk.makeFolders(output.parent)
      try body()
    } catch {
      guard error.code == .permissionDenied else { throw error }
      throw OperationError(
        .permissionDenied, error.message,
        remedy: "check the rights of \(output.parent), or name another output",
        underlying: error.underlying)
    }
  }

  /// Moves the finished file `draft` to `output`, outside the store.
  func putFile(_ draft: FilePath, at output: FilePath) throws {
    try put(output) { () throws(OperationError) in
      try self.move(draft, to: output)
    }
  }

  private func move(_ staged: FilePath, to output: FilePath) throws(OperationError) {
    let prefix = ".\(output.lastComponent?.string ?? "film")."
    Self.sweepDrafts(prefix, in: output.parent)
    do {
      try Disk.rename(staged, to: output)
    } catch {
      guard let errno = error.underlying as? Errno, errno == .improperLink else { throw error }
      try copy(staged, to: output)
      Disk.remove(staged)
    }
  }

  /// Copies `film` to a draft beside `output` first; a lock tells that the draft's maker lives.
  private func copy(_ film: FilePath, to output: FilePath) throws(OperationError) {
    let prefix = ".\(output.lastComponent?.string ?? "film")."
    Self.sweepDrafts(prefix, in: output.parent)
    let suffix = String(UInt64.random(in: 0 ... .max), radix: 16)
    let draft = output.parent.child(prefix + suffix)
    guard let lock = try FileLock.attempt(.exclusive, draft), lock.isStillAt(draft) else {
      throw .file(.fileExists, "write", draft)
    }
    defer { lock.release() }
    do {
      try Disk.copy(film, onto: draft)
      try Disk.rename(draft, to: output)
    } catch {
      Disk.remove(draft)
      throw error
    }
  }

  /// Removes the drafts `.film.mp4.1f2e…` that killed processes left in `folder`.
  private static func sweepDrafts(_ prefix: String, in folder: FilePath) {
    for name in (try? Disk.names(in: folder)) ?? [] where name.hasPrefix(prefix) {
      let suffix = name.dropFirst(prefix.count)
      guard UInt64(suffix, radix: 16) != nil, suffix == suffix.lowercased() else { continue }
      let draft = folder.child(name)
      guard Disk.status(draft)?.isRegular == true,
        let lock = (try? FileLock.attemptReading(.exclusive, draft)) ?? nil
      else { continue }
      Disk.remove(draft)
      lock.release()
    }
  }
}
