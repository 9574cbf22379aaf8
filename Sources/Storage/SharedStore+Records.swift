public import KeyreelCore
public import SystemPackage

/// The ledger and the care of a shared store: its records are copied, and then read as any store's.
extension SharedStore {
  /// The claim of `key`, where an attempt has neither ended nor led to a clip; `nil` otherwise.
  public func openClaim(_ key: RecipeKey) throws -> OpenClaim? {
    try mirror.refresh([key])
    return try local.openClaim(key)
  }

  /// The clips that were begun and neither committed nor given up, by key.
  public func openClaims() throws -> [OpenClaim] {
    try mirror.refreshAll()
    return try local.openClaims()
  }

  /// Every attempt for which money was or may have been spent, by clip and attempt.
  public func ledger() throws -> [LedgerEntry] {
    try mirror.refreshAll(.history)
    try refreshHistories()
    return try local.ledger()
  }

  /// The whole input of the last attempt for `key`, as it was or would have been sent.
  public func sentInput(of key: RecipeKey) throws -> (text: String, begun: String)? {
    try mirror.refresh(key, .history)
    return try local.sentInput(of: key)
  }

  /// The committed clips, by key.
  public func entries() throws -> [StoreEntry] {
    try mirror.refreshAll()
    try refreshHistories()
    return try local.entries()
  }

  /// Fetches every clip of the space and compares it with its digest; looks at the records too.
  public func verify() throws -> [StoreProblem] {
    try mirror.refreshAll(.history)
    var problems = try local.verify().filter { $0.kind == .damagedRecord }
    var referred: Set<String> = []
    for entry in try local.entries() {
      let name = Self.objectName(entry.receipt.digest)
      guard referred.insert(name).inserted else { continue }
      let draft = try local.stage(ending: "mp4")
      defer { Disk.remove(draft) }
      let found = try space.fetch(name, to: draft)
      if found == entry.receipt.digest { continue }
      problems.append(
        StoreProblem(
          kind: found == nil ? .missingClip : .damagedClip, path: name,
          message: "the clip is \(found == nil ? "gone" : "damaged"); the next run makes it again"))
    }
    for name in try space.names(under: "objects/") where !referred.contains(name) {
      problems.append(
        StoreProblem(kind: .orphan, path: name, message: "no receipt names this clip"))
    }
    return problems
  }

  /// The keys of all claims, sorted.
  public func allClaims() throws -> [RecipeKey] {
    try mirror.refreshAll()
    return try local.allClaims()
  }

  /// What the store holds of the claim of `key`; `nil` when nothing that can be read.
  public func claimRecord(of key: RecipeKey) throws -> StoredClaim? {
    try mirror.refresh(key, .history)
    return try local.claimRecord(of: key)
  }

  /// What the takes of all pipelines were last made with.
  public func histories() throws -> [String: [String: RecipeKey]] {
    try refreshHistories()
    return try local.histories()
  }

  /// Takes a claim over from another store; `false` when this one knows more or as much.
  public func bring(_ claim: StoredClaim, clip: FilePath?) async throws -> Bool {
    let own = try await ownClaim(claim.recipe, waits: false)
    return try await bringing(claim, clip: clip, under: own)
  }

  /// Nothing is removed from a store that others are using; throws `unsupported`.
  public func gc(keeping: Set<RecipeKey>?, _ options: GarbageOptions) throws -> GarbageReport {
    throw OperationError(
      .unsupported, "clips of the shared store \(address) are not removed from here",
      remedy: "others may be using them; copy what you need into a new one with keyreel store copy")
  }
}
