public import KeyreelCore
public import SystemPackage

extension DirectoryStore {
  /// The receipt of a committed clip, or `nil`.
  ///
  /// Throws `corrupt` when the receipt is damaged or another recipe's.
  public func receipt(for key: RecipeKey) throws -> Receipt? {
    try committed(key)?.receipt
  }

  func committed(_ key: RecipeKey) throws(OperationError) -> StoreRecords.Committed? {
    let path = layout.claim(key).receipt
    guard let record = try StoreRecords.read(StoreRecords.Committed.self, at: path) else {
      return nil
    }
    guard record.receipt.recipe.key == key else {
      throw OperationError(
        .corrupt, "\(path) is another recipe's receipt", remedy: "run keyreel store verify")
    }
    return record
  }

  /// Where the bytes of a committed clip are; throws `corrupt` when they do not match the receipt.
  ///
  /// The bytes are read once per process and file; after that its status is enough.
  public func clip(_ receipt: Receipt) throws -> FilePath {
    let path = layout.object(receipt.digest)
    try verified.check(path, digest: receipt.digest, byteCount: receipt.byteCount)
    return path
  }

  /// Puts `staged`, whose bytes are on the disk, into the store under its digest; a sound one there stays.
  func addObject(_ staged: FilePath, for receipt: Receipt) throws(OperationError) {
    let path = layout.object(receipt.digest)
    try Disk.makeFolders(path.parent)
    try Disk.setMode(0o444, of: staged)
    if try !Disk.giveName(path, to: staged) {
      do {
        try verified.check(path, digest: receipt.digest, byteCount: receipt.byteCount)
      } catch  where error.code == .corrupt {
        try setAside(path, isPaid: receipt.recipe.backend.isPaid)
        guard try Disk.giveName(path, to: staged) else {
          throw .file(.fileExists, "write", path)
        }
      }
    }
    Disk.remove(staged)
    verified.note(path, digest: receipt.digest)
  }

  /// Moves a damaged file out of the way; what was paid for says so in its name.
  func setAside(_ path: FilePath, isPaid: Bool) throws(OperationError) {
    try Disk.makeFolders(layout.quarantine)
    let draft = try session.draft(ending: "name").lastComponent?.stem ?? "0"
    let room = String(UInt64.random(in: 0 ... .max), radix: 16)
    let name =
      "\(isPaid ? "paid" : "free")-\(room)-\(draft)-\(path.lastComponent?.string ?? "file")"
    try Disk.rename(path, to: layout.quarantine.child(name))
  }
}
