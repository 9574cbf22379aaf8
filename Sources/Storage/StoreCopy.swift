public import KeyreelCore
public import SystemPackage

/// A record of a claim as it stands in a store: its file's name and its bytes.
public struct StoredRecord: Hashable, Sendable {
  /// `intent-1.json`.
  public var name: String
  /// The file's bytes.
  public var bytes: [UInt8]
}

/// All that a store holds of one claim.
public struct StoredClaim: Sendable {
  /// What was, or was to be, made.
  public var recipe: Recipe
  /// Intents, tickets and ends, in the order in which they were written.
  public var records: [StoredRecord]
  /// The committed clip's receipt.
  public var receipt: Receipt?
}

/// Copies clips and claims from one store to another; what is there already stays as it is.
public struct StoreCopy: Sendable {
  /// What a copying came to.
  public struct Report: Hashable, Sendable {
    /// Clips copied, and their bytes.
    public var clips = 0
    /// Bytes of the clips that were copied.
    public var byteCount = 0
    /// Unfinished claims copied.
    public var claims = 0
    /// Clips and claims that were there already.
    public var present = 0
    /// What could not be copied, and why.
    public var problems: [String] = []
  }

  private let source: any ProjectStore
  private let destination: any ProjectStore

  /// From `source` to `destination`.
  public init(from source: any ProjectStore, to destination: any ProjectStore) {
    self.source = source
    self.destination = destination
  }

  /// Copies everything; a damaged or busy clip keeps no other from being copied.
  ///
  /// Every clip's bytes are compared with their digest on the way. May be repeated.
  public func run() async throws -> Report {
    var report = Report()
    for key in try await OwnThread.run({ [source] _ in try source.allClaims() }) {
      do { try await copy(key, &report) } catch let error as OperationError
        where error.code == .corrupt || error.code == .busy
      {
        report.problems.append("\(key): \(error.message)")
      }
    }
    let histories = try await OwnThread.run { [source] _ in try source.histories() }
    for (pipeline, takes) in histories {
      try await OwnThread.run { [destination] _ in
        try destination.remember(takes, pipeline: pipeline)
      }
    }
    return report
  }

  private func copy(_ key: RecipeKey, _ report: inout Report) async throws {
    let found = try await OwnThread.run { [source, destination] _ -> StoredClaim? in
      guard try destination.receipt(for: key) == nil else { return nil }
      return try source.claimRecord(of: key)
    }
    guard let found else {
      report.present += 1
      return
    }
    let clip = try await OwnThread.run { [source] _ in try found.receipt.map { try source.clip($0) }
    }
    guard try await destination.bring(found, clip: clip) else {
      report.present += 1
      return
    }
    if let receipt = found.receipt {
      report.clips += 1
      report.byteCount += receipt.byteCount
    } else {
      report.claims += 1
    }
  }
}

extension DirectoryStore {
  /// The keys of all claims, sorted.
  public func allClaims() throws -> [RecipeKey] { try claimKeys() }

  /// What the store holds of the claim of `key`; `nil` when nothing that can be read.
  public func claimRecord(of key: RecipeKey) throws -> StoredClaim? {
    let place = layout.claim(key)
    let receipt = try soundRecord(key)?.receipt
    var records: [StoredRecord] = []
    var recipe = receipt?.recipe
    let last = try place.lastAttempt()
    for attempt in stride(from: 1, through: last, by: 1) {
      let paths = [place.intent(attempt), place.ticket(attempt), place.failure(attempt)]
      for path in paths {
        guard let bytes = try Disk.read(path), let name = path.lastComponent?.string else {
          continue
        }
        records.append(StoredRecord(name: name, bytes: bytes))
      }
      if let intent = try? StoreRecords.read(StoreRecords.Intent.self, at: place.intent(attempt)) {
        recipe = recipe ?? intent.recipe
      }
    }
    guard let recipe, recipe.key == key else { return nil }
    return StoredClaim(recipe: recipe, records: records, receipt: receipt)
  }

  /// What the takes of all pipelines were last made with.
  public func histories() throws -> [String: [String: RecipeKey]] {
    var found: [String: [String: RecipeKey]] = [:]
    for name in try Disk.names(in: layout.history) where name.hasSuffix(".json") {
      guard let history = try history(at: layout.history.child(name)) else { continue }
      found[history.pipeline] = history.takes
    }
    return found
  }

  /// Takes a claim over from another store; `false` when this one knows more or as much.
  public func bring(_ claim: StoredClaim, clip: FilePath?) async throws -> Bool {
    let own = try await ownClaim(claim.recipe, waits: false)
    defer { own.release() }
    return try await bringing(claim, clip: clip, under: own, isNew: try own.isNew) { record in
      try own.take(record)
    }
  }
}

extension ProjectStore {
  /// Writes the records of a claim that has none, then commits the clip where there is one.
  func bringing(
    _ claim: StoredClaim, clip: FilePath?, under own: any Claim, isNew: Bool,
    _ take: @escaping @Sendable (StoredRecord) throws -> Void
  ) async throws -> Bool {
    try await OwnThread.run { [self] _ in
      if case .committed = try own.state { return false }
      if isNew { for record in claim.records { try take(record) } }
      guard let receipt = claim.receipt, let clip else { return isNew }
      let draft = try stage(ending: "mp4")
      try Disk.write([], to: draft, force: .none)
      try Disk.copy(clip, onto: draft)
      // So that the receipt names the attempt that it came of.
      _ = try own.state
      try own.commit(draft, receipt: receipt)
      return true
    }
  }
}
