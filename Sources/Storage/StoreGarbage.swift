public import KeyreelCore
import SystemPackage

/// What a collection of garbage may do.
public struct GarbageOptions: OptionSet, Hashable, Sendable {
  /// The set's bits.
  public let rawValue: Int

  /// A set of these bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Paid clips and open claims may go too.
  public static let includePaid = GarbageOptions(rawValue: 1)
  /// Nothing is removed; the report says what would be.
  public static let dryRun = GarbageOptions(rawValue: 2)
}

/// What a collection of garbage removed, or would remove.
public struct GarbageReport: Hashable, Sendable {
  /// One thing removed.
  public struct Item: Hashable, Sendable {
    /// What kinds of garbage there are.
    public enum Kind: String, Hashable, Sendable, Codable {
      /// A clip with its claim.
      case clip
      /// A claim without a clip.
      case claim
      /// A clip's file that no receipt names.
      case orphan
      /// Drafts of a dead process.
      case staging
      /// A damaged file that was set aside.
      case quarantine
    }

    /// What it is.
    public var kind: Kind
    /// Its name: a recipe key, or a file's name.
    public var name: String
    /// Bytes on the disk.
    public var byteCount: Int
    /// What was paid, or set aside, for it.
    public var price: PriceRange
    /// The model that made it, or was to make it; `nil` where nobody knows.
    public var model: String?
  }

  /// What was removed, in the order of kinds and names.
  public var items: [Item] = []
  /// Paid clips and open claims that only `includePaid` would remove.
  public var kept: [Item] = []

  /// Bytes of all that was removed.
  public var byteCount: Int { items.reduce(0) { $0 + $1.byteCount } }
  /// What was paid for all that was removed.
  public var price: PriceRange { items.reduce(.free) { $0 + $1.price } }
}

extension DirectoryStore {
  /// Removes what nobody remembers: clips in no pipeline's history and not in `keeping`, orphans, drafts.
  ///
  /// With `keeping`, the histories are not asked. Paid clips and open claims stay unless
  /// `includePaid`. Throws `busy` when anybody else uses the store.
  public func gc(
    keeping: Set<RecipeKey>? = nil, _ options: GarbageOptions = []
  ) throws(OperationError) -> GarbageReport {
    try session.alone { () throws(OperationError) in
      var report = GarbageReport()
      let kept = if let keeping { keeping } else { Set(try rememberedUses().keys) }
      let objects = try collectClaims(keeping: kept, options, into: &report)
      if let objects { try collectOrphans(objects, options, into: &report) }
      if !options.contains(.dryRun) { try sweepEdges() }
      try collectQuarantine(options, into: &report)
      try collectDrafts(options, into: &report)
      for room in try StagingRoom.sweep(
        layout.staging, removing: !options.contains(.dryRun))
      {
        report.items.append(
          .init(
            kind: .staging, name: room.folder.lastComponent?.string ?? "",
            byteCount: room.byteCount, price: .free))
      }
      return report
    }
  }

  /// Which clips' files are still named by a receipt, and which went with theirs.
  private struct ObjectUse {
    var named: Set<Digest> = []
    var gone: Set<Digest> = []
    /// Whether a paid claim is open: a clip without a receipt may be what was paid for.
    var hasOpenPaid = false
  }

  /// Returns what receipts name; `nil` when a damaged receipt leaves that open.
  private func collectClaims(
    keeping: Set<RecipeKey>, _ options: GarbageOptions, into report: inout GarbageReport
  ) throws(OperationError) -> ObjectUse? {
    var use = ObjectUse()
    var isCertain = true
    for key in try claimKeys() {
      let place = layout.claim(key)
      let record = try soundRecord(key)
      if record == nil, Disk.exists(place.receipt) {
        isCertain = false
        continue
      }
      guard let (item, isGuarded) = try garbage(key, record, keeping) else {
        if let record { use.named.insert(record.receipt.digest) }
        continue
      }
      if isGuarded, !options.contains(.includePaid) {
        report.kept.append(item)
        if let record { use.named.insert(record.receipt.digest) }
        if record == nil, try isPaidOpenClaim(key) { use.hasOpenPaid = true }
        continue
      }
      report.items.append(item)
      if let record { use.gone.insert(record.receipt.digest) }
      if !options.contains(.dryRun) { try Disk.removeTree(place.folder) }
    }
    return isCertain ? use : nil
  }

  /// What a claim is worth as garbage, and whether only `includePaid` may remove it; `nil` to keep it.
  private func garbage(
    _ key: RecipeKey, _ record: StoreRecords.Committed?, _ keeping: Set<RecipeKey>
  ) throws(OperationError) -> (item: GarbageReport.Item, isGuarded: Bool)? {
    if let receipt = record?.receipt {
      guard !keeping.contains(key) else { return nil }
      return (
        .init(
          kind: .clip, name: key.description, byteCount: receipt.byteCount, price: receipt.price,
          model: receipt.recipe.model),
        receipt.recipe.backend.isPaid || receipt.price.worst > .zero
      )
    }
    if let open = try openClaim(key) {
      return (
        .init(
          kind: .claim, name: key.description, byteCount: 0, price: open.reserved,
          model: open.recipe?.model), true
      )
    }
    // Every attempt has ended; the record of paid ones belongs to the ledger.
    let attempt = try layout.claim(key).lastAttempt()
    let intent = try? StoreRecords.read(
      StoreRecords.Intent.self, at: layout.claim(key).intent(attempt))
    return (
      .init(kind: .claim, name: key.description, byteCount: 0, price: .free),
      attempt > 0 && intent?.recipe.backend.isPaid != false
    )
  }

  private func collectOrphans(
    _ use: ObjectUse, _ options: GarbageOptions, into report: inout GarbageReport
  ) throws(OperationError) {
    for (digest, path) in try objects() where !use.named.contains(digest) {
      // The file of a clip that was just removed is counted with its receipt.
      if !use.gone.contains(digest) {
        let item = GarbageReport.Item(
          kind: .orphan, name: digest.hex, byteCount: Disk.status(path)?.size ?? 0, price: .free)
        if use.hasOpenPaid {
          report.kept.append(item)
          continue
        }
        report.items.append(item)
      }
      if !options.contains(.dryRun) { Disk.remove(path) }
    }
  }

  private func isPaidOpenClaim(_ key: RecipeKey) throws(OperationError) -> Bool {
    guard let open = try openClaim(key) else { return false }
    // A claim whose intent cannot be read may be a paid one.
    return open.recipe?.backend.isPaid != false || open.reserved.worst > .zero
  }

  /// Downloads and remembered facts that were being written when their process died.
  private func collectDrafts(
    _ options: GarbageOptions, into report: inout GarbageReport
  ) throws(OperationError) {
    let fetched = try Disk.names(in: layout.sources).filter { $0.hasPrefix(".fetch-") }
      .map { layout.sources.child($0) }
    let facts = try Disk.names(in: layout.facts)
      .filter { $0.contains(/^facts.*\.[0-9]+-[0-9]+$/) }
      .map { layout.facts.child($0) }
    for path in fetched + facts {
      guard let status = Disk.status(path), status.isRegular else { continue }
      report.items.append(
        .init(
          kind: .staging, name: path.lastComponent?.string ?? "", byteCount: status.size,
          price: .free))
      if !options.contains(.dryRun) { Disk.remove(path) }
    }
  }

  private func collectQuarantine(
    _ options: GarbageOptions, into report: inout GarbageReport
  ) throws(OperationError) {
    for name in try Disk.names(in: layout.quarantine) {
      let path = layout.quarantine.child(name)
      let item = GarbageReport.Item(
        kind: .quarantine, name: name, byteCount: Disk.status(path)?.size ?? 0, price: .free)
      if name.hasPrefix("paid-"), !options.contains(.includePaid) {
        report.kept.append(item)
        continue
      }
      report.items.append(item)
      if !options.contains(.dryRun) { Disk.remove(path) }
    }
  }
}
