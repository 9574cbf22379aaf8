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

  /// The committed clip of `key` with the story of its making, or `nil`.
  public func clipRecord(for key: RecipeKey) throws -> ClipRecord? {
    if try soundLocal(key) == nil { try mirror.refresh([key]) }
    if try soundLocal(key) != nil { return try local.clipRecord(for: key) }
    return try borrowedRecord(for: key)
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
    try borrowedRecord(for: key)?.receipt
  }

  private func borrowedRecord(for key: RecipeKey) throws -> ClipRecord? {
    try lookElsewhere([key])
    return borrowed.withLock { $0[key] ?? nil }
  }

  /// Asks the other stores, one after another, for clips that nobody has asked them for.
  private func lookElsewhere(_ keys: [RecipeKey]) throws {
    var left = borrowed.withLock { known in keys.filter { known[$0] == nil } }
    for other in others where !left.isEmpty {
      let there = try RecordMirror.claims(worthReading: left, in: other)
      try Errands.run(there, width: RecordMirror.width) { key in
        guard let record = try self.record(of: key, in: other) else { return }
        self.borrowed.withLock { $0[key] = record }
      }
      left = borrowed.withLock { known in left.filter { known[$0] == nil } }
    }
    borrowed.withLock { known in for key in left { known[key] = .some(nil) } }
  }

  private func record(of key: RecipeKey, in other: any ObjectSpace) throws -> ClipRecord? {
    guard let bytes = try other.read(mirror.folder(of: key) + ReceiptName(number: 1).name),
      let record = try? StoreRecords.decode(StoreRecords.Committed.self, bytes),
      record.receipt.recipe.key == key
    else { return nil }
    return record.story
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

  /// Puts the clip `staged` into the space, where the same bytes may be already: then they are checked.
  func put(_ staged: FilePath, for receipt: Receipt) throws {
    let name = Self.objectName(receipt.digest)
    for _ in 0..<2 {
      guard
        try !space.upload(
          staged, digest: receipt.digest, byteCount: receipt.byteCount, as: name)
      else { return }
      let found = try local.stage(ending: "mp4")
      defer { Disk.remove(found) }
      if try space.fetch(name, to: found) == receipt.digest { return }
      // Damaged bytes under a clip's name are of no use to anybody; sound ones are never removed.
      try space.remove(name)
    }
    throw OperationError(
      .corrupt, "\(address) does not keep the clip \(receipt.digest)",
      remedy: "run keyreel store verify --store \(address)")
  }

  /// Asks for many clips at once, so that questions about single ones find answers on this machine.
  public func lookUp(_ keys: some Collection<RecipeKey>) throws {
    let missing = try Array(Set(keys)).filter { try soundLocal($0) == nil }
    guard !missing.isEmpty else { return }
    try mirror.refresh(missing)
    if !others.isEmpty { try lookElsewhere(try missing.filter { try soundLocal($0) == nil }) }
  }

  /// Which of `keys` are committed, and what was last made for the segments of `pipeline`.
  public func snapshot(of keys: [RecipeKey], pipeline: String?) throws -> StoreSnapshot {
    let missing = try Set(keys).filter { try soundLocal($0) == nil }
    try lookUp(missing)
    if let pipeline, try missing.contains(where: { try soundLocal($0) == nil }) {
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
}
