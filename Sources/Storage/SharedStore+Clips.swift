public import KeyreelCore
import Synchronization
public import SystemPackage

/// Clips: looked for in the cache, then in the space, then in the stores that are only read.
extension SharedStore {
  /// The receipt of a committed clip, or `nil`.
  public func receipt(for key: RecipeKey) throws -> Receipt? {
    if let known = try soundLocal(key) { return known }
    try mirror.refresh([key])
    return try soundLocal(key) ?? borrowedReceipt(for: key)
  }

  /// The cache's receipt; a damaged copy counts as none and is made anew.
  func soundLocal(_ key: RecipeKey) throws -> Receipt? {
    do { return try local.receipt(for: key) } catch let error as OperationError
      where error.code == .corrupt
    {
      Disk.remove(local.layout.claim(key).receipt)
      return nil
    }
  }

  /// What another store says of the clip of `key`.
  private func borrowedReceipt(for key: RecipeKey) throws -> Receipt? {
    guard !others.isEmpty else { return nil }
    if let known = borrowed.withLock({ $0[key] }) { return known }
    let folder = mirror.folder(of: key)
    var found: Receipt?
    for other in others where found == nil {
      let name = ReceiptName(number: 1).name
      guard let bytes = try other.read(folder + name),
        let record = try? StoreRecords.decode(StoreRecords.Committed.self, bytes),
        record.receipt.recipe.key == key
      else { continue }
      found = record.receipt
    }
    borrowed.withLock { $0[key] = .some(found) }
    return found
  }

  /// Where the bytes of a committed clip are on this machine; throws `corrupt` when they are nowhere.
  public func clip(_ receipt: Receipt) throws -> FilePath {
    do { return try local.clip(receipt) } catch let error as OperationError
      where error.code == .corrupt
    {
      for space in [space] + others {
        if try fetch(receipt, from: space) { return try local.clip(receipt) }
      }
      throw OperationError(
        .corrupt, "the clip \(receipt.digest) is missing from \(address), or damaged",
        remedy: "run keyreel store verify; the next run makes the clip again")
    }
  }

  static func objectName(_ digest: Digest) -> String {
    "objects/\(digest.hex.prefix(2))/\(digest.hex).mp4"
  }

  /// Copies a clip into the cache; tells whether `space` has it as the receipt says.
  private func fetch(_ receipt: Receipt, from space: any ObjectSpace) throws -> Bool {
    let draft = try local.stage(ending: "mp4")
    let found = try space.fetch(Self.objectName(receipt.digest), to: draft)
    guard found == receipt.digest, Disk.status(draft)?.size == receipt.byteCount else {
      Disk.remove(draft)
      return false
    }
    // Damaged bytes in the cache are of no use to anybody: the sound ones are here.
    let path = local.layout.object(receipt.digest)
    if Disk.exists(path) { Disk.remove(path) }
    try local.addObject(draft, for: receipt)
    return true
  }

  /// Which of `keys` are committed, and what was last made for the segments of `pipeline`.
  public func snapshot(of keys: [RecipeKey], pipeline: String) throws -> StoreSnapshot {
    let missing = try Set(keys).filter { try soundLocal($0) == nil }
    try mirror.refresh(missing)
    if try missing.contains(where: { try soundLocal($0) == nil }) {
      try refreshHistory(of: pipeline)
    }
    var snapshot = try local.snapshot(of: keys, pipeline: pipeline)
    for key in missing.subtracting(snapshot.committed)
    where try borrowedReceipt(for: key) != nil {
      snapshot.committed.insert(key)
      snapshot.bought.remove(key)
      snapshot.unknown.remove(key)
    }
    return snapshot
  }

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
    // The film is at its place; that others do not hear of it costs them a look.
    if access == .full {
      _ = try? space.create(Self.filmName(assembly), StoreRecords.encode(receipt))
    }
    return receipt
  }

  /// Sees to it that `output` is the film of `assembly` without stitching it, where this machine has it.
  public func republish(_ assembly: Digest, to output: FilePath) throws -> FilmReceipt? {
    try local.republish(assembly, to: output)
  }
}
