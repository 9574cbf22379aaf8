public import KeyreelCore
import SystemPackage

/// One attempt to have a clip made by somebody who is paid, and what came of it.
public struct LedgerEntry: Hashable, Sendable {
  /// What came of an attempt.
  public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    /// Its clip is in the store.
    case made
    /// It was accepted and has not been collected yet.
    case accepted
    /// Nobody knows whether it was accepted.
    case unknown
    /// It was accepted and ended without a clip; it may be billed all the same.
    case failed
    /// It was provably never accepted.
    case refused
    /// The author says that it was never accepted.
    case forgotten
    /// The author asked for another attempt, although this one may be billed.
    case resubmitted
  }

  /// The clip's name in the store.
  public var key: RecipeKey
  /// 1-based number of the attempt.
  public var attempt: Int
  /// What was to be made; `nil` when the record is damaged.
  public var recipe: Recipe?
  /// What was set aside for it.
  public var price: PriceRange
  /// When it was begun, ISO 8601 in UTC.
  public var begun: String
  /// For which pipeline it was begun, where that is known.
  public var pipeline: String?
  /// The provider's ticket.
  public var ticket: Ticket?
  /// What came of it.
  public var outcome: Outcome
  /// What is known of its clip.
  public var receipt: Receipt?
  /// How many takes were last made with its clip.
  public var uses: Int

  /// What was spent: the bill, or what was expected where nobody tells.
  public var spent: PriceRange { outcome == .made ? receipt?.cost ?? price : .free }
  /// What is on its way.
  public var reserved: PriceRange { outcome == .accepted ? price : .free }
  /// What may have been billed without anybody knowing.
  public var unknown: PriceRange {
    switch outcome {
    case .unknown, .failed, .resubmitted: price
    case .made, .accepted, .refused, .forgotten: .free
    }
  }
  /// What was not spent because several takes share the clip.
  public var saved: PriceRange {
    (1..<max(1, uses)).reduce(.free) { sum, _ in sum + spent }
  }
  /// The most that it may come to.
  public var worst: Money {
    // Where nobody told what was billed it may have been the worst price.
    let made = outcome == .made ? receipt?.billed ?? price.worst : .zero
    return made + reserved.worst + unknown.worst
  }
}

extension DirectoryStore {
  /// Every attempt for which money was or may have been spent, by clip and attempt.
  ///
  /// Rehearsals are told too, by their origin; clips made on this machine are not.
  public func ledger() throws(OperationError) -> [LedgerEntry] {
    let uses = try rememberedUses()
    var entries: [LedgerEntry] = []
    for key in try claimKeys() {
      let place = layout.claim(key)
      let committed = try soundRecord(key)
      let last = try place.lastAttempt()
      for attempt in stride(from: 1, through: last, by: 1) {
        guard
          var entry = try entry(key, attempt, isLast: attempt == last, committed, place),
          entry.recipe?.backend.isPriced != false
        else { continue }
        entry.uses = entry.outcome == .made ? uses[key]?.count ?? 0 : 0
        if entry.pipeline == nil {
          entry.pipeline = uses[key]?.min().flatMap {
            $0.split(separator: ": ").first.map(String.init)
          }
        }
        entries.append(entry)
      }
    }
    return entries
  }

  private func entry(
    _ key: RecipeKey, _ attempt: Int, isLast: Bool, _ committed: StoreRecords.Committed?,
    _ place: ClaimLayout
  ) throws(OperationError) -> LedgerEntry? {
    let intent = try sound(StoreRecords.Intent.self, at: place.intent(attempt))
    guard intent != nil || Disk.exists(place.intent(attempt)) else { return nil }
    let ticket = try sound(StoreRecords.Accepted.self, at: place.ticket(attempt))
    let failure = try sound(StoreRecords.Failure.self, at: place.failure(attempt))
    let hasTicket = ticket != nil || Disk.exists(place.ticket(attempt))
    let outcome: LedgerEntry.Outcome =
      switch failure?.kind {
      case .forgotten: .forgotten
      case .resubmitted: .resubmitted
      case .definite: hasTicket ? .failed : .refused
      case nil where Disk.exists(place.failure(attempt)): hasTicket ? .failed : .refused
      case nil where isLast && committed != nil: .made
      case nil: ticket != nil ? .accepted : .unknown
      }
    let receipt = outcome == .made ? committed?.receipt : nil
    return LedgerEntry(
      key: key, attempt: attempt, recipe: intent?.recipe ?? committed?.receipt.recipe,
      price: intent?.reserved ?? receipt?.price ?? .free,
      begun: intent?.owner.time ?? committed?.committed ?? "", pipeline: intent?.pipeline,
      ticket: ticket?.ticket ?? receipt?.ticket, outcome: outcome, receipt: receipt, uses: 0)
  }

  private func sound<Record: Decodable>(
    _ type: Record.Type, at path: FilePath
  ) throws(OperationError) -> Record? {
    do { return try StoreRecords.read(type, at: path) } catch  where error.code == .corrupt {
      return nil
    }
  }

  /// The whole input of the last attempt for `key`, as it was or would have been sent.
  public func sentInput(of key: RecipeKey) throws(OperationError) -> (text: String, begun: String)?
  {
    let place = layout.claim(key)
    let path = place.intent(try place.lastAttempt())
    return try sound(StoreRecords.Intent.self, at: path).map { ($0.input, $0.owner.time) }
  }
}

/// Keeps runs that hold a month's ceiling from spending beside one another; ends with its last reference.
public final class MonthHold: Sendable {
  private let letGo: @Sendable () -> Void

  init(_ letGo: @escaping @Sendable () -> Void) { self.letGo = letGo }

  deinit { letGo() }

  /// Lets others spend; safe to call twice.
  public func release() { letGo() }
}

extension DirectoryStore {
  /// Becomes the one run that counts against a month's ceiling; `nil` while another run is.
  public func holdMonth() throws(OperationError) -> MonthHold? {
    try session.makeReady()
    try Disk.makeFolders(layout.history)
    return try FileLock.attempt(.exclusive, layout.history.child("month.lock"))
      .map { lock in MonthHold { lock.release() } }
  }
}
