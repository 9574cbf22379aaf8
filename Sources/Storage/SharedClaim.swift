import KeyreelCore
import Synchronization
import SystemPackage

/// A claim in a shared store: records that are created once in the space, under a lease.
///
/// The lease keeps others from doing the same work; that no request is sent twice does not hang on it.
/// Whoever wants to send one must create the intent of the next attempt, and a space lets one do so.
final class SharedClaim: Claim {
  private let store: SharedStore
  private let recipe: Recipe
  private let key: RecipeKey
  private let lease: SharedLease
  private let known = Mutex(Known())

  /// What this owner has seen and written of the record.
  private struct Known {
    var isReleased = false
    var isSeen = false
    /// The last attempt, and whether it is open, as last seen.
    var attempt = 0
    var isEnded = true
    /// The receipts that there are, sound or not.
    var receipt: ReceiptName?
  }

  init(store: SharedStore, recipe: Recipe, key: RecipeKey, lease: SharedLease) {
    self.store = store
    self.recipe = recipe
    self.key = key
    self.lease = lease
  }

  deinit { release() }

  var state: ClaimState {
    get throws {
      let names = try store.mirror.refresh(key, .history)
      known.withLock { $0.receipt = ReceiptName.last(of: names) }
      if let receipt = try soundReceipt() { return .committed(receipt) }
      let (state, attempt) = try store.local.layout.claim(key).attemptState()
      known.withLock { ($0.attempt, $0.isEnded, $0.isSeen) = (attempt, state == .open, true) }
      return state
    }
  }

  /// Looks at the record unless that was done before; under the lease nobody else goes on with it.
  private func see() throws {
    if !known.withLock({ $0.isSeen }) { _ = try state }
  }

  /// The receipt, if its clip can be had; a damaged one counts as none.
  private func soundReceipt() throws -> Receipt? {
    guard let receipt = try store.receipt(for: key) else { return nil }
    do { _ = try store.clip(receipt) } catch let error as OperationError
      where error.code == .corrupt
    { return nil }
    return receipt
  }

  func begin(input: String, reserved: PriceRange) throws {
    expectOwnership()
    try see()
    // Nobody may have taken this machine for dead: its clip would be made elsewhere already.
    try lease.owner.prove()
    try store.proveMonth()
    let (last, isEnded) = self.known.withLock { ($0.attempt, $0.isEnded) }
    let intent = StoreRecords.Intent(
      attempt: last + 1, owner: user, reserved: reserved, recipe: recipe, input: input,
      pipeline: store.pipeline)
    guard try isEnded && create(intent, "intent-\(last + 1).json") else {
      throw OperationError(
        .busy, "the clip \(key) has an attempt that has not ended",
        remedy: "run keyreel reconcile")
    }
    self.known.withLock { ($0.attempt, $0.isEnded) = (last + 1, false) }
  }

  func accept(_ ticket: Ticket) throws {
    expectOwnership()
    try see()
    let (attempt, isEnded) = known.withLock { ($0.attempt, $0.isEnded) }
    precondition(attempt > 0 && !isEnded, "a ticket belongs to an attempt that was begun")
    let record = StoreRecords.Accepted(attempt: attempt, owner: user, ticket: ticket)
    guard try create(record, "ticket-\(attempt).json") else {
      throw OperationError(
        .busy, "another run has written the ticket of the clip \(key)",
        remedy: "run keyreel reconcile")
    }
  }

  func fail(_ reason: String) throws { try end(reason, .definite) }

  func abandon(_ reason: String, mayBeBilled: Bool) throws {
    try end(reason, mayBeBilled ? .resubmitted : .forgotten)
  }

  private func end(_ reason: String, _ kind: StoreRecords.Failure.Kind) throws {
    expectOwnership()
    try see()
    let (attempt, isEnded) = known.withLock { ($0.attempt, $0.isEnded) }
    guard attempt > 0, !isEnded else { return }
    let failure = StoreRecords.Failure(attempt: attempt, owner: user, reason: reason, kind: kind)
    // That another one has written the same end is as good.
    _ = try create(failure, "failure-\(attempt).json")
    known.withLock { $0.isEnded = true }
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
    try store.put(staged, for: receipt)
    try store.local.addObject(staged, for: receipt)
    let attempt = known.withLock { $0.attempt }
    let place = store.local.layout.claim(key)
    let intent = try? StoreRecords.read(StoreRecords.Intent.self, at: place.intent(attempt))
    let ticket = try? StoreRecords.read(StoreRecords.Accepted.self, at: place.ticket(attempt))
    let record = StoreRecords.Committed(
      committed: user.time, receipt: receipt, attempt: attempt, requested: intent?.owner.time,
      accepted: ticket?.owner.time)
    return try createReceipt(StoreRecords.encode(record))
      ? receipt : store.soundLocal(key) ?? receipt
  }

  /// Writes a receipt beside those that are no good; `false` where another one has committed meanwhile.
  private func createReceipt(_ bytes: [UInt8]) throws -> Bool {
    let next = known.withLock { $0.receipt }?.next ?? ReceiptName(number: 1)
    if try create(bytes, next.name) { return true }
    // The first receipt stays.
    try store.mirror.refresh(key)
    return false
  }

  func release() {
    known.withLock { $0.isReleased = true }
    lease.release()
  }

  private var user: StoreRecords.Owner {
    var owner = StoreRecords.Owner.current
    owner.user = lease.owner.name
    return owner
  }

  /// Writes a record to the space, and then a copy of it; tells whether it was not there yet.
  private func create(_ record: some Encodable, _ name: String) throws -> Bool {
    try create(StoreRecords.encode(record), name)
  }

  private func create(_ bytes: [UInt8], _ name: String) throws -> Bool {
    guard try store.space.create(store.mirror.folder(of: key) + name, bytes) else { return false }
    store.mirror.keep(bytes, as: name, of: key)
    return true
  }

  private func expectOwnership() {
    precondition(!known.withLock { $0.isReleased }, "a claim is used only before it is released")
  }
}

extension SharedClaim: InheritingClaim {
  func record(_ name: String) throws -> [UInt8]? {
    try Disk.read(store.local.layout.claim(key).folder.child(name))
  }

  func take(_ record: StoredRecord) throws {
    expectOwnership()
    guard try create(record.bytes, record.name) else {
      throw OperationError(.busy, "another run writes to the claim \(key)", isRetryable: true)
    }
  }

  func commit(_ staged: FilePath, as record: StoredRecord, of receipt: Receipt) throws {
    expectOwnership()
    _ = try Disk.settle(staged, for: key) { digest, byteCount in
      try receipt.expect(digest, byteCount, of: staged)
    }
    try store.put(staged, for: receipt)
    try store.local.addObject(staged, for: receipt)
    _ = try createReceipt(record.bytes)
  }
}
