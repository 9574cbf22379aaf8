public import KeyreelCore
import SystemPackage

/// A committed clip, as `keyreel store ls` shows it.
public struct StoreEntry: Hashable, Sendable {
  /// The clip's name in the store.
  public var key: RecipeKey
  /// What it was made of, what it holds and what it cost.
  public var receipt: Receipt
  /// When it was committed, ISO 8601.
  public var committed: String
  /// The takes that were last made with it, as `pipeline: film|segment|take`, sorted.
  public var uses: [String]

  /// One line for people: who made it, with which model, how many frames, the prompt's beginning.
  public var summary: String {
    let recipe = receipt.recipe
    var line = "\(recipe.backend) \(recipe.model) \(recipe.frames) frames"
    if let prompt = recipe.request["prompt"]?.description, !prompt.isEmpty {
      line += " “\(prompt.prefix(40))\(prompt.count > 40 ? "…" : "")”"
    }
    return line
  }
}

/// A clip that was begun and not committed: it may have been paid for.
public struct OpenClaim: Hashable, Sendable {
  /// The clip's name in the store.
  public var key: RecipeKey
  /// What the record says.
  public var state: ClaimState
  /// What it is being made of; `nil` when the intent is damaged.
  public var recipe: Recipe?
  /// What was set aside for it.
  public var reserved: PriceRange
}

/// Something wrong in a store.
public struct StoreProblem: Hashable, Sendable, CustomStringConvertible {
  /// What kinds of trouble there are.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// A clip's bytes are not those of its digest.
    case damagedClip = "damaged-clip"
    /// A receipt has no clip.
    case missingClip = "missing-clip"
    /// A record cannot be read.
    case damagedRecord = "damaged-record"
    /// A clip has no receipt.
    case orphan
  }

  /// What kind of trouble it is.
  public var kind: Kind
  /// The file, relative to the store's folder.
  public var path: String
  /// One sentence for people.
  public var message: String

  /// The file and what is wrong with it.
  public var description: String { "\(path): \(message)" }
}

extension DirectoryStore {
  /// The committed clips, by key; clips whose receipts are damaged are left to ``verify()``.
  public func entries() throws(OperationError) -> [StoreEntry] {
    let uses = try rememberedUses()
    var entries: [StoreEntry] = []
    for key in try claimKeys() {
      guard let record = try soundRecord(key) else { continue }
      entries.append(
        StoreEntry(
          key: key, receipt: record.receipt, committed: record.committed,
          uses: (uses[key] ?? []).sorted()))
    }
    return entries
  }

  /// The clips that were begun and neither committed nor given up, by key.
  public func openClaims() throws(OperationError) -> [OpenClaim] {
    var open: [OpenClaim] = []
    for key in try claimKeys() {
      if let claim = try openClaim(key) { open.append(claim) }
    }
    return open
  }

  /// Looks at every file of the store: reads all clips and compares them with their digests.
  public func verify() throws(OperationError) -> [StoreProblem] {
    var problems: [StoreProblem] = []
    var referred: Set<Digest> = []
    for key in try claimKeys() {
      problems += try recordProblems(key)
      guard let receipt = try soundRecord(key)?.receipt else { continue }
      if referred.insert(receipt.digest).inserted { problems += try clipProblems(receipt) }
    }
    for (digest, path) in try objects() where !referred.contains(digest) {
      problems.append(
        problem(.orphan, path, "no receipt names this clip; keyreel store gc removes it"))
    }
    return problems
  }

  private func clipProblems(_ receipt: Receipt) throws(OperationError) -> [StoreProblem] {
    let path = layout.object(receipt.digest)
    do {
      // A fresh memory, so that every byte is read again.
      try VerifiedObjects().check(path, digest: receipt.digest, byteCount: receipt.byteCount)
      return []
    } catch  where error.code == .corrupt {
      guard Disk.exists(path) else {
        return [problem(.missingClip, path, "the clip is gone; the next run makes it again")]
      }
      return [
        problem(.damagedClip, path, "the clip is damaged; the next run makes it again")
      ]
    }
  }

  private func recordProblems(_ key: RecipeKey) throws(OperationError) -> [StoreProblem] {
    let place = layout.claim(key)
    var problems: [StoreProblem] = []
    func check(
      _ path: FilePath, _ body: () throws(OperationError) -> Void
    ) throws(OperationError) {
      do { try body() } catch  where error.code == .corrupt {
        problems.append(problem(.damagedRecord, path, "the record cannot be read"))
      }
    }
    try check(place.receipt) { () throws(OperationError) in _ = try committed(key) }
    for name in try Disk.names(in: place.folder) where name.hasSuffix(".json") {
      let path = place.folder.child(name)
      try check(path) { () throws(OperationError) in
        if name.hasPrefix("intent-") {
          _ = try StoreRecords.read(StoreRecords.Intent.self, at: path)
        }
        if name.hasPrefix("ticket-") {
          _ = try StoreRecords.read(StoreRecords.Accepted.self, at: path)
        }
      }
    }
    return problems
  }

  private func problem(
    _ kind: StoreProblem.Kind, _ path: FilePath, _ message: String
  ) -> StoreProblem {
    var relative = path
    _ = relative.removePrefix(folder)
    return StoreProblem(kind: kind, path: relative.string, message: message)
  }
}

extension DirectoryStore {
  /// The keys of all claims, sorted.
  func claimKeys() throws(OperationError) -> [RecipeKey] {
    var keys: [RecipeKey] = []
    for fan in try Disk.names(in: layout.claims) {
      keys += try Disk.names(in: layout.claims.child(fan))
        .compactMap { Digest(hex: $0).map(RecipeKey.init) }
    }
    return keys
  }

  /// Every clip's file by digest, sorted.
  func objects() throws(OperationError) -> [(digest: Digest, path: FilePath)] {
    var found: [(digest: Digest, path: FilePath)] = []
    for fan in try Disk.names(in: layout.objects) {
      let folder = layout.objects.child(fan)
      for name in try Disk.names(in: folder) where name.hasSuffix(".mp4") {
        if let digest = Digest(hex: name.dropLast(4)) {
          found.append((digest, folder.child(name)))
        }
      }
    }
    return found
  }

  /// A receipt's record; `nil` when there is none or it is damaged.
  func soundRecord(_ key: RecipeKey) throws(OperationError) -> StoreRecords.Committed? {
    do { return try committed(key) } catch  where error.code == .corrupt { return nil }
  }

  /// The claim of `key`, where an attempt has neither ended nor led to a clip; `nil` otherwise.
  public func openClaim(_ key: RecipeKey) throws(OperationError) -> OpenClaim? {
    let place = layout.claim(key)
    guard try soundRecord(key) == nil else { return nil }
    let (state, attempt) = try place.attemptState()
    guard state != .open else { return nil }
    let intent: StoreRecords.Intent?
    do {
      intent = try StoreRecords.read(StoreRecords.Intent.self, at: place.intent(attempt))
    } catch  where error.code == .corrupt {
      intent = nil
    }
    return OpenClaim(
      key: key, state: state, recipe: intent?.recipe, reserved: intent?.reserved ?? .free)
  }

  /// Which takes were last made with which clips.
  func rememberedUses() throws(OperationError) -> [RecipeKey: [String]] {
    var uses: [RecipeKey: [String]] = [:]
    for name in try Disk.names(in: layout.history) where name.hasSuffix(".json") {
      guard let history = try history(at: layout.history.child(name)) else { continue }
      for (take, key) in history.takes {
        uses[key, default: []].append("\(history.pipeline): \(take)")
      }
    }
    return uses
  }
}
