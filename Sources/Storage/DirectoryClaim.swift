import KeyreelCore
import Synchronization
import SystemPackage

/// A claim in a store's folder: numbered records, each written once, under the lease's lock.
///
/// Records that stand for money are forced to the disk. Intents and tickets of free clips only have to
/// outlive the process, because after a power failure there is nothing of theirs left to collect.
final class DirectoryClaim: Claim {
  private let store: DirectoryStore
  private let recipe: Recipe
  private let key: RecipeKey
  private let place: ClaimLayout
  private let lock: FileLock
  private let isReleased = Mutex(false)
  private let isFree = Mutex(false)
  /// When this process wrote the records of its attempt, so that they need not be read for the receipt.
  private let written = Mutex(Times())

  private struct Times {
    var attempt: Int?
    var requested: String?
    var accepted: String?
  }

  init(
    store: DirectoryStore, recipe: Recipe, key: RecipeKey, place: ClaimLayout, lock: FileLock
  ) {
    self.store = store
    self.recipe = recipe
    self.key = key
    self.place = place
    self.lock = lock
  }

  deinit { release() }

  var state: ClaimState {
    get throws {
      if let receipt = try soundReceipt() { return .committed(receipt) }
      return try place.attemptState().state
    }
  }

  func begin(input: String, reserved: PriceRange) throws {
    expectOwnership()
    let (state, last) = try place.attemptState()
    guard state == .open else {
      throw OperationError(
        .busy, "the clip \(key) has an attempt that has not ended",
        remedy: "run keyreel reconcile")
    }
    let attempt = last + 1
    let isFree = reserved.worst == .zero && !recipe.backend.isPriced
    self.isFree.withLock { $0 = isFree }
    if !isFree { try reserveRoom(for: attempt) }
    let intent = StoreRecords.Intent(
      attempt: attempt, owner: .current, reserved: reserved, recipe: recipe, input: input,
      pipeline: store.pipeline)
    try write(intent, at: place.intent(attempt), force: isFree ? .none : .disk)
    written.withLock { $0 = Times(attempt: attempt, requested: intent.owner.time) }
  }

  func accept(_ ticket: Ticket) throws {
    expectOwnership()
    let (state, attempt) = try place.attemptState()
    guard case .unknown = state else {
      preconditionFailure("a ticket belongs to an attempt that was begun and has no ticket yet")
    }
    let record = StoreRecords.Accepted(attempt: attempt, owner: .current, ticket: ticket)
    let room = place.reserve(attempt)
    let bytes = StoreRecords.encode(record)
    if try Self.fill(room, with: bytes) {
      if try Disk.giveName(place.ticket(attempt), to: room) { Disk.remove(room) }
    } else {
      try write(bytes, at: place.ticket(attempt), force: isFree.withLock { $0 } ? .none : .disk)
    }
    written.withLock { if $0.attempt == attempt { $0.accepted = record.owner.time } }
  }

  func fail(_ reason: String) throws { try end(reason, .definite) }

  func abandon(_ reason: String, mayBeBilled: Bool) throws {
    try end(reason, mayBeBilled ? .resubmitted : .forgotten)
  }

  private func end(_ reason: String, _ kind: StoreRecords.Failure.Kind) throws {
    expectOwnership()
    let (state, attempt) = try place.attemptState()
    guard state != .open else { return }
    let failure = StoreRecords.Failure(
      attempt: attempt, owner: .current, reason: reason, kind: kind)
    try write(failure, at: place.failure(attempt), force: isFree.withLock { $0 } ? .none : .disk)
    Disk.remove(place.reserve(attempt))
  }

  func commit(
    _ staged: FilePath, describe: (_ digest: Digest, _ byteCount: Int) throws -> Receipt
  ) throws -> Receipt {
    expectOwnership()
    if let earlier = try soundReceipt() {
      Disk.remove(staged)
      return earlier
    }
    let receipt = try Disk.settle(staged, for: key, describe: describe)
    let times = try times()
    let record = StoreRecords.Committed(
      committed: StoreRecords.Owner.current.time, receipt: receipt, attempt: times.attempt,
      requested: times.requested, accepted: times.accepted)
    try keep(staged, StoreRecords.encode(record), of: receipt)
    return receipt
  }

  /// When the last attempt was begun and accepted.
  private func times() throws(OperationError) -> Times {
    let own = written.withLock { $0 }
    if own.attempt != nil { return own }
    let attempt = try place.lastAttempt()
    let intent = try? StoreRecords.read(StoreRecords.Intent.self, at: place.intent(attempt))
    let ticket = try? StoreRecords.read(StoreRecords.Accepted.self, at: place.ticket(attempt))
    return Times(
      attempt: attempt, requested: intent?.owner.time, accepted: ticket?.owner.time)
  }

  /// Keeps a clip and then its receipt; a damaged receipt is set aside.
  private func keep(_ staged: FilePath, _ record: [UInt8], of receipt: Receipt) throws {
    try store.addObject(staged, for: receipt)
    if Disk.exists(place.receipt) {
      try store.setAside(place.receipt, isPaid: recipe.backend.isPaid)
    }
    try write(record, at: place.receipt, force: .disk)
  }

  func release() {
    isReleased.withLock { $0 = true }
    lock.release()
  }

  /// The receipt, if it is whole and its clip's bytes are; a damaged one counts as none.
  private func soundReceipt() throws(OperationError) -> Receipt? {
    do {
      guard let receipt = try store.committed(key)?.receipt else { return nil }
      try store.verified.check(
        store.layout.object(receipt.digest), digest: receipt.digest, byteCount: receipt.byteCount)
      return receipt
    } catch  where error.code == .corrupt {
      return nil
    }
  }

  /// Takes a block of the disk before any money is spent, so that the ticket fits on a full one.
  private func reserveRoom(for attempt: Int) throws(OperationError) {
    let room = place.reserve(attempt)
    Disk.remove(room)
    if try Disk.allocate(Self.roomForTicket, at: room) { return }
    try Disk.write([UInt8](repeating: UInt8(ascii: " "), count: Self.roomForTicket), to: room)
  }

  private static let roomForTicket = 4096

  private static func fill(_ room: FilePath, with bytes: [UInt8]) throws(OperationError) -> Bool {
    guard bytes.count <= roomForTicket, let file = try Disk.open(room, .writeOnly, "write") else {
      return false
    }
    defer { try? file.close() }
    _ = try Disk.calling("write", room) { try file.writeAll(toAbsoluteOffset: 0, bytes) }
    try Disk.sync(file, room)
    return true
  }

  private func write(
    _ record: some Encodable, at path: FilePath, force: Disk.Force
  ) throws(OperationError) {
    try write(StoreRecords.encode(record), at: path, force: force)
  }

  private func write(
    _ bytes: [UInt8], at path: FilePath, force: Disk.Force
  ) throws(OperationError) {
    let draft = try store.session.draft(ending: "json")
    guard try Disk.writeNew(bytes, at: path, through: draft, force: force) else {
      throw .file(.fileExists, "write", path)
    }
  }

  private func expectOwnership() {
    precondition(!isReleased.withLock { $0 }, "a claim is used only before it is released")
  }
}

extension DirectoryClaim: InheritingClaim {
  func record(_ name: String) throws -> [UInt8]? { try Disk.read(place.folder.child(name)) }

  func take(_ record: StoredRecord) throws {
    expectOwnership()
    try write(record.bytes, at: place.folder.child(record.name), force: .disk)
  }

  func commit(_ staged: FilePath, as record: StoredRecord, of receipt: Receipt) throws {
    expectOwnership()
    _ = try Disk.settle(staged, for: key) { digest, byteCount in
      try receipt.expect(digest, byteCount, of: staged)
    }
    try keep(staged, record.bytes, of: receipt)
  }
}
