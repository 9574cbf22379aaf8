public import KeyreelCore
import SystemPackage

extension DirectoryStore {
  /// Above this many keys it is cheaper to list the store's folders than to ask for each key.
  private static let listingThreshold = 512

  /// The most earlier recipes that are read for takes whose recipe is still in use elsewhere.
  private static let movedRecipeLimit = 10_000

  /// Which of `keys` are committed, and what was last made for the segments of `pipeline`.
  ///
  /// Earlier recipes explain why a clip has to be made, so none are read when all are there.
  public func snapshot(of keys: [RecipeKey], pipeline: String?) throws -> StoreSnapshot {
    let wanted = Set(keys)
    let committed = try committed(of: wanted)
    guard committed.count < wanted.count else { return StoreSnapshot(committed: committed) }
    var snapshot = StoreSnapshot(
      committed: committed,
      lastRecipes: try pipeline.map { try lastRecipes(of: $0, planned: wanted) } ?? [:])
    for key in try begun(among: wanted.subtracting(committed)) {
      guard let claim = try openClaim(key), claim.recipe?.backend.isPriced == true else { continue }
      if case .ticketed = claim.state { snapshot.bought.insert(key) }
      if case .unknown = claim.state { snapshot.unknown.insert(key) }
    }
    return snapshot
  }

  /// Those of `keys` that have a claim of any kind.
  private func begun(among keys: Set<RecipeKey>) throws(OperationError) -> Set<RecipeKey> {
    guard keys.count > Self.listingThreshold else {
      return keys.filter { Disk.exists(layout.claim($0).folder) }
    }
    return keys.intersection(try claimKeys())
  }

  /// Remembers what the segments of `pipeline` were last made with, for later explanations.
  ///
  /// Segments that are not named keep what is remembered of them. Nothing is written when nothing
  /// is new.
  public func remember(_ recipes: [String: RecipeKey], pipeline: String) throws {
    let path = layout.history(of: pipeline)
    func merged() throws(OperationError) -> StoreRecords.History? {
      let old = try history(at: path)
      var new = old ?? StoreRecords.History(pipeline: pipeline, takes: [:])
      new.takes.merge(recipes) { _, new in new }
      return old?.takes == new.takes ? nil : new
    }
    guard try merged() != nil else { return }
    try session.makeReady()
    try Disk.makeFolders(layout.history)
    let lock = try FileLock.waiting(layout.history.child("lock"))
    defer { lock.release() }
    guard let record = try merged() else { return }
    try Disk.replace(
      StoreRecords.encode(record), at: path, through: try session.draft(ending: "json"))
  }

  /// A damaged history only loses explanations; it is written anew.
  func history(at path: FilePath) throws(OperationError) -> StoreRecords.History? {
    do { return try StoreRecords.read(StoreRecords.History.self, at: path) } catch
      where error.code == .corrupt
    { return nil }
  }

  private func committed(of keys: Set<RecipeKey>) throws(OperationError) -> Set<RecipeKey> {
    guard keys.count > Self.listingThreshold else {
      return keys.filter { Disk.exists(layout.claim($0).receipt) }
    }
    var present: Set<String> = []
    for fan in try Disk.names(in: layout.claims) {
      present.formUnion(try Disk.names(in: layout.claims.child(fan)))
    }
    guard !present.isEmpty else { return [] }
    return keys.filter {
      present.contains($0.description) && Disk.exists(layout.claim($0).receipt)
    }
  }

  private func lastRecipes(
    of pipeline: String, planned: Set<RecipeKey>
  ) throws(OperationError) -> [String: Recipe] {
    guard let history = try history(at: layout.history(of: pipeline)) else { return [:] }
    var recipes: [String: Recipe] = [:]
    var known: [RecipeKey: Recipe?] = [:]
    var moved = 0
    for (name, key) in history.takes.sorted(by: { $0.key < $1.key }) {
      if planned.contains(key) {
        moved += 1
        if moved > Self.movedRecipeLimit { continue }
      }
      if known[key] == nil { known[key] = .some(try recipe(of: key)) }
      recipes[name] = known[key] ?? nil
    }
    return recipes
  }

  /// The recipe behind a key: from its receipt or, where that is gone, from its last intent.
  private func recipe(of key: RecipeKey) throws(OperationError) -> Recipe? {
    let place = layout.claim(key)
    do {
      if let record = try StoreRecords.read(StoreRecords.Committed.self, at: place.receipt) {
        return record.receipt.recipe
      }
      let attempt = try place.lastAttempt()
      return try StoreRecords.read(StoreRecords.Intent.self, at: place.intent(attempt))?.recipe
    } catch  where error.code == .corrupt {
      return nil
    }
  }
}
