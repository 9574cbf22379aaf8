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
  /// The receipt as it stands in the store, with the story of the clip's making.
  public var committed: StoredRecord?
}

/// A claim that takes over what another store has of it.
protocol InheritingClaim: Claim {
  /// The bytes of a record that is here.
  func record(_ name: String) throws -> [UInt8]?
  /// Takes over a record of an attempt; none of that name is here.
  func take(_ record: StoredRecord) throws
  /// Commits `staged` with the record that another store has of it.
  func commit(_ staged: FilePath, as record: StoredRecord, of receipt: Receipt) throws
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

  /// Clips that are copied at once.
  private static let width = 8

  /// Copies everything; a damaged or busy clip keeps no other from being copied.
  ///
  /// Every clip's bytes are compared with their digest on the way. May be stopped and repeated.
  public func run() async throws -> Report {
    let keys = try await OwnThread.run { [source, destination] _ in
      let keys = try source.allClaims()
      try destination.lookUp(keys)
      return keys
    }
    var report = Report()
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      var waiting = keys[...]
      func fill() {
        guard let key = waiting.popFirst() else { return }
        group.addTask { try await copy(key) }
      }
      for _ in 0..<Self.width { fill() }
      while let outcome = try await group.next() {
        try Task.checkCancellation()
        report.note(outcome)
        fill()
      }
    }
    report.problems.sort()
    try await OwnThread.run { [source, destination] _ in
      for (pipeline, takes) in try source.histories() {
        try destination.remember(takes, pipeline: pipeline)
      }
    }
    return report
  }

  fileprivate enum Outcome: Sendable {
    case clip(byteCount: Int)
    case claim
    case present
    case problem(String)
  }

  private func copy(_ key: RecipeKey) async throws -> Outcome {
    do {
      let found = try await OwnThread.run { [source, destination] _ -> StoredClaim? in
        guard try destination.receipt(for: key) == nil else { return nil }
        return try source.claimRecord(of: key)
      }
      guard let found else { return .present }
      let clip = try await OwnThread.run { [source] _ in
        try found.receipt.map { try source.clip($0) }
      }
      guard try await destination.bring(found, clip: clip) else { return .present }
      return found.receipt.map { .clip(byteCount: $0.byteCount) } ?? .claim
    } catch let error as OperationError where error.code == .corrupt || error.code == .busy {
      return .problem("\(key): \(error.message)")
    }
  }
}

extension StoreCopy.Report {
  fileprivate mutating func note(_ outcome: StoreCopy.Outcome) {
    switch outcome {
    case .clip(let count):
      clips += 1
      byteCount += count
    case .claim: claims += 1
    case .present: present += 1
    case .problem(let text): problems.append(text)
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
    let committed = try receipt.flatMap { _ in try Disk.read(place.receipt) }
    return StoredClaim(
      recipe: recipe, records: records, receipt: receipt,
      committed: committed.map { StoredRecord(name: "receipt.json", bytes: $0) })
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
    return try await bringing(claim, clip: clip, under: own)
  }
}

extension ProjectStore {
  /// Takes over what `own` has not, then commits the clip where there is one; `false` for no news.
  func bringing(
    _ claim: StoredClaim, clip: FilePath?, under own: any InheritingClaim
  ) async throws -> Bool {
    try await OwnThread.run { [self] _ in
      defer { own.release() }
      if case .committed = try own.state { return false }
      var (isNews, isSame) = (false, true)
      for record in claim.records {
        if let known = try own.record(record.name) {
          // Another attempt was begun here, which is not that one's story.
          isSame = known == record.bytes
        } else {
          try own.take(record)
          isNews = true
        }
        if !isSame { break }
      }
      guard let receipt = claim.receipt, let clip, let committed = claim.committed else {
        return isNews
      }
      let draft = try stage(ending: "mp4")
      try Disk.write([], to: draft, force: .none)
      try Disk.copy(clip, onto: draft)
      if isSame {
        try own.commit(draft, as: committed, of: receipt)
      } else {
        // So that the receipt names the attempt that is open here.
        _ = try own.state
        try own.commit(draft, receipt: receipt)
      }
      return true
    }
  }
}
