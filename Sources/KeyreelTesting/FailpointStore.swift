public import KeyreelCore
public import SystemPackage

/// A store that dies at a chosen write: the write happens or not, and nothing is kept after it.
///
/// With ``Death/error(_:)`` the store's calls throw from then on while its locks are let go, as if the
/// process had ended; with ``Death/call(_:)`` a test can end the process for real.
public final class FailpointStore: ArtifactStore {
  /// The writes of a clip's making, in their order.
  public enum Step: String, CaseIterable, Hashable, Sendable, Codable {
    /// Becoming the owner.
    case claim
    /// The intent.
    case begin
    /// The ticket.
    case accept
    /// A path for the clip.
    case stage
    /// The clip and its receipt.
    case commit
  }

  /// Whether the write still happens.
  public enum Moment: String, CaseIterable, Hashable, Sendable, Codable {
    /// It does not.
    case before
    /// It does, but nobody is told.
    case after
  }

  /// How the store dies.
  public enum Death: Sendable {
    /// This error is thrown, by the fatal call and by all later ones.
    case error(OperationError)
    /// This is called, which does not return when it ends the process.
    case call(@Sendable () -> Void)
  }

  private let base: any ArtifactStore
  private let step: Step
  private let moment: Moment
  private let death: Death
  private let state: Locked<(left: Int, isDead: Bool)>

  /// `base`, dying at the `count`-th `step`.
  public init(
    _ base: any ArtifactStore, at step: Step, _ moment: Moment, count: Int = 1, death: Death
  ) {
    self.base = base
    self.step = step
    self.moment = moment
    self.death = death
    state = Locked((count, false))
  }

  /// Whether the chosen write was reached.
  public var hasDied: Bool { state.withLock { $0.isDead } }

  fileprivate func pass<Value>(
    _ step: Step, _ body: () async throws -> Value
  ) async throws -> Value {
    let isFatal = try enter(step)
    if isFatal, moment == .before { try die() }
    let value = try await body()
    if isFatal { try die() }
    return value
  }

  fileprivate func pass<Value>(_ step: Step, _ body: () throws -> Value) throws -> Value {
    let isFatal = try enter(step)
    if isFatal, moment == .before { try die() }
    let value = try body()
    if isFatal { try die() }
    return value
  }

  fileprivate func live() throws {
    if case .error(let error) = death, hasDied { throw error }
  }

  private func enter(_ step: Step) throws -> Bool {
    try live()
    guard step == self.step else { return false }
    return state.withLock { state in
      state.left -= 1
      return state.left == 0
    }
  }

  private func die() throws {
    state.withLock { $0.isDead = true }
    switch death {
    case .error(let error): throw error
    case .call(let body): body()
    }
  }

  /// As the store below.
  public func receipt(for key: RecipeKey) throws -> Receipt? {
    try live()
    return try base.receipt(for: key)
  }

  /// As the store below.
  public func clip(_ receipt: Receipt) throws -> FilePath {
    try live()
    return try base.clip(receipt)
  }

  /// As the store below.
  public func snapshot(of keys: [RecipeKey], pipeline: String?) throws -> StoreSnapshot {
    try base.snapshot(of: keys, pipeline: pipeline)
  }

  /// As the store below.
  public func remember(_ recipes: [String: RecipeKey], pipeline: String) throws {
    try live()
    try base.remember(recipes, pipeline: pipeline)
  }

  /// As the store below, until the chosen write.
  public func claim(_ recipe: Recipe, waits: Bool) async throws -> any Claim {
    let claim = try await pass(.claim) { try await base.claim(recipe, waits: waits) }
    return FailpointClaim(store: self, base: claim)
  }

  /// As the store below, until the chosen write.
  public func stage(ending: String) throws -> FilePath {
    try pass(.stage) { try base.stage(ending: ending) }
  }

  /// As the store below.
  public func film(for assembly: Digest) throws -> FilmReceipt? { try base.film(for: assembly) }

  /// As the store below.
  public func publish(
    _ staged: FilePath, of assembly: Digest, frames: Int, to output: FilePath
  ) throws -> FilmReceipt {
    try live()
    return try base.publish(staged, of: assembly, frames: frames, to: output)
  }
}

private final class FailpointClaim: Claim {
  private let store: FailpointStore
  private let base: any Claim

  init(store: FailpointStore, base: any Claim) {
    self.store = store
    self.base = base
  }

  var state: ClaimState {
    get throws {
      try store.live()
      return try base.state
    }
  }

  func begin(input: String, reserved: PriceRange) throws {
    try store.pass(.begin) { try base.begin(input: input, reserved: reserved) }
  }

  func accept(_ ticket: Ticket) throws { try store.pass(.accept) { try base.accept(ticket) } }

  func fail(_ reason: String) throws {
    try store.live()
    try base.fail(reason)
  }

  func commit(
    _ staged: FilePath, describe: (_ digest: Digest, _ byteCount: Int) throws -> Receipt
  ) throws -> Receipt {
    try store.pass(.commit) { try base.commit(staged, describe: describe) }
  }

  func release() { base.release() }
}
