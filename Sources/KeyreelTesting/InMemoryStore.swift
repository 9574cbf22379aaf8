public import KeyreelCore
public import SystemPackage

/// A store whose records are in memory; only clips and films are files, in a folder of its own.
public final class InMemoryStore: ArtifactStore {
  fileprivate struct Attempt {
    var ticket: Ticket?
    var hasFailed = false
  }

  fileprivate struct State {
    var receipts: [RecipeKey: Receipt] = [:]
    var attempts: [RecipeKey: [Attempt]] = [:]
    var owned: Set<RecipeKey> = []
    var history: [String: [String: RecipeKey]] = [:]
    var films: [Digest: FilmReceipt] = [:]
    var staged = 0
  }

  fileprivate let state = Locked(State())
  private let scratch: ScratchFolder

  /// An empty store.
  public init() throws { scratch = try ScratchFolder() }

  /// The receipt of a committed clip, or `nil`.
  public func receipt(for key: RecipeKey) throws -> Receipt? { state.withLock { $0.receipts[key] } }

  /// Where the clip's bytes are; throws `corrupt` when they are not those of the receipt.
  public func clip(_ receipt: Receipt) throws -> FilePath {
    let path = object(receipt.digest)
    guard TestFile.exists(path), Digest.of(try TestFile.read(path)) == receipt.digest else {
      throw OperationError(.corrupt, "\(path) is damaged")
    }
    return path
  }

  fileprivate func object(_ digest: Digest) -> FilePath {
    scratch.path.appending("\(digest.hex).mp4")
  }

  /// Which of `keys` are committed, and what was last made for the segments of `pipeline`.
  public func snapshot(of keys: [RecipeKey], pipeline: String?) throws -> StoreSnapshot {
    state.withLock { state in
      StoreSnapshot(
        committed: Set(keys.filter { state.receipts[$0] != nil }),
        lastRecipes: (pipeline.flatMap { state.history[$0] } ?? [:]).compactMapValues {
          state.receipts[$0]?.recipe
        })
    }
  }

  /// Remembers what the segments of `pipeline` were last made with.
  public func remember(_ recipes: [String: RecipeKey], pipeline: String) throws {
    state.withLock { $0.history[pipeline, default: [:]].merge(recipes) { _, new in new } }
  }

  /// Becomes the owner of `recipe`'s claim.
  public func claim(_ recipe: Recipe, waits: Bool) async throws -> any Claim {
    let key = recipe.key
    while !state.withLock({ $0.owned.insert(key).inserted }) {
      guard waits else { throw OperationError(.busy, "\(key) is being made", isRetryable: true) }
      do { try await Task.sleep(for: .milliseconds(1)) } catch {
        throw OperationError(.interrupted, "stopped while waiting for \(key)")
      }
    }
    return InMemoryClaim(store: self, key: key)
  }

  /// A path that nobody else was given.
  public func stage(ending: String) throws -> FilePath {
    state.withLock { state in
      state.staged += 1
      return scratch.path.appending("staged-\(state.staged).\(ending)")
    }
  }

  /// The film made of an assembly, if it was.
  public func film(for assembly: Digest) throws -> FilmReceipt? {
    state.withLock { $0.films[assembly] }
  }

  /// Moves `staged` to `output`.
  public func publish(
    _ staged: FilePath, of assembly: Digest, frames: Int, to output: FilePath
  ) throws -> FilmReceipt {
    let bytes = try TestFile.read(staged)
    let receipt = FilmReceipt(
      assembly: assembly, digest: Digest.of(bytes), byteCount: bytes.count, frames: frames)
    try TestFile.makeFolders(output.removingLastComponent())
    try TestFile.move(staged, to: output)
    state.withLock { $0.films[assembly] = receipt }
    return receipt
  }
}

private final class InMemoryClaim: Claim {
  private let store: InMemoryStore
  private let key: RecipeKey
  private let isReleased = Locked(false)

  init(store: InMemoryStore, key: RecipeKey) {
    self.store = store
    self.key = key
  }

  deinit { release() }

  var state: ClaimState {
    get throws {
      if let receipt = try store.receipt(for: key), (try? store.clip(receipt)) != nil {
        return .committed(receipt)
      }
      return store.state.withLock { state in
        let attempts = state.attempts[key] ?? []
        guard let last = attempts.last, !last.hasFailed else { return .open }
        return last.ticket.map { .ticketed($0) } ?? .unknown(attempt: attempts.count)
      }
    }
  }

  func begin(input: String, reserved: PriceRange) throws {
    let isOpen = store.state.withLock { state in
      if let last = state.attempts[key]?.last, !last.hasFailed { return false }
      state.attempts[key, default: []].append(.init())
      return true
    }
    if !isOpen { throw OperationError(.busy, "\(key) has an attempt that has not ended") }
  }

  func accept(_ ticket: Ticket) throws { change { $0.ticket = ticket } }

  func fail(_ reason: String) throws { change { $0.hasFailed = true } }

  private func change(_ body: (inout InMemoryStore.Attempt) -> Void) {
    store.state.withLock { state in
      guard let last = state.attempts[key]?.indices.last else { return }
      state.attempts[key]?[last].with(body)
    }
  }

  func commit(
    _ staged: FilePath, describe: (_ digest: Digest, _ byteCount: Int) throws -> Receipt
  ) throws -> Receipt {
    if case .committed(let earlier) = try state {
      try TestFile.remove(staged)
      return earlier
    }
    let bytes = try TestFile.read(staged)
    let receipt = try describe(Digest.of(bytes), bytes.count)
    try TestFile.move(staged, to: store.object(receipt.digest))
    store.state.withLock { $0.receipts[key] = receipt }
    return receipt
  }

  func release() {
    let isFirst = isReleased.withLock { released in
      defer { released = true }
      return !released
    }
    if isFirst { store.state.withLock { _ = $0.owned.remove(key) } }
  }
}

extension InMemoryStore.Attempt {
  fileprivate mutating func with(_ body: (inout Self) -> Void) { body(&self) }
}
