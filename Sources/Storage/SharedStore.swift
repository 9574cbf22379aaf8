public import KeyreelCore
import Synchronization
public import SystemPackage

/// A store that many machines use at once and that outlives each of them.
///
/// Its truth is in an ``ObjectSpace``; a store in a folder of this machine is a cache in front of it, of
/// records (which never change) and of clips (whose digests are checked). What was bought is written to
/// the space first. See `docs/stores.md`.
public final class SharedStore: ProjectStore {
  /// What may be done with a store.
  public enum Access: Hashable, Sendable {
    /// Clips are found and made.
    case full
    /// Clips are found; nothing is ever written.
    case reading
  }

  let space: any ObjectSpace
  let local: DirectoryStore
  let mirror: RecordMirror
  let access: Access
  /// Stores that are asked for clips that this one has not; nothing is ever written to them.
  let others: [any ObjectSpace]
  private let timing: LeaseTiming
  private let state = Mutex(State())
  /// Clips that other stores have.
  let borrowed = Mutex<[RecipeKey: ClipRecord?]>([:])

  private struct State {
    var isReady = false
    var owner: StoreOwner?
    /// Who holds the month's budget, while it is held.
    var spender: StoreOwner?
  }

  /// The version of a shared store's layout; its leases are no file locks, so it is no folder's version.
  static let formatVersion = 2

  /// Opens the store in `space` with the folder `cache` of this machine; writes nothing yet.
  ///
  /// `others` are asked for clips that are not here. Throws `newerVersion` for a store that this program
  /// is too old for, `unsupported` for a place that holds something else.
  public init(
    in space: any ObjectSpace, cache: FilePath, access: Access = .full,
    alsoReading others: [any ObjectSpace] = [], timing: LeaseTiming = .standard
  ) throws {
    self.space = space
    self.access = access
    self.others = others
    self.timing = timing
    local = try DirectoryStore(at: cache)
    mirror = RecordMirror(space, local)
    _ = try hasFormat()
  }

  deinit { close() }

  /// The address of the space.
  public var address: String { space.address }

  /// It outlives this machine.
  public var isShared: Bool { true }

  /// The folder of the cache.
  public var folder: FilePath { local.folder }

  /// The pipeline for whose films clips are bought from now on; the ledger names it.
  public var pipeline: String? {
    get { local.pipeline }
    set { local.pipeline = newValue }
  }

  /// Where downloaded sources are, on this machine.
  public var sourcesFolder: FilePath { local.sourcesFolder }

  /// Where remembered facts about sources are, on this machine.
  public var factsFolder: FilePath { local.factsFolder }

  /// Remembers where pictures were uploaded, on this machine.
  public var uploads: any UploadMemory { StoredUploads(local) }

  /// Makes the folder for downloaded sources.
  public func makeSourcesFolder() throws -> FilePath { try local.makeSourcesFolder() }

  /// Removes drafts and ends the signs of life, so that nobody waits for this process.
  public func close() {
    let owner = state.withLock { state in
      defer { state.owner = nil }
      return state.owner
    }
    owner?.stop()
    local.close()
  }

  /// A path for a new private file on this machine; finds out first whether the store can be written.
  public func stage(ending: String) throws -> FilePath {
    if access == .full { try makeReady() }
    return try local.stage(ending: ending)
  }

  /// Becomes the owner of `recipe`'s claim, waiting for a live owner to finish when `waits`.
  ///
  /// An owner that gives no sign of life is watched for its patience and then taken for dead, also when
  /// `waits` is false: only who is known to live makes the claim `busy`.
  public func claim(_ recipe: Recipe, waits: Bool) async throws -> any Claim {
    try await ownClaim(recipe, waits: waits)
  }

  func ownClaim(_ recipe: Recipe, waits: Bool) async throws -> SharedClaim {
    let key = recipe.key
    guard access == .full else {
      throw OperationError(
        .permissionDenied, "the store \(address) is only read, so the clip \(key) cannot be made",
        remedy: "have it made by a run that may write, or use a store of your own (--store)")
    }
    let lease = try await lease(mirror.folder(of: key) + "lease", waits: waits)
    guard let lease else {
      throw OperationError(
        .busy, "another run is making the clip \(key)",
        remedy: "wait for it, or run without --no-wait", isRetryable: true)
    }
    return SharedClaim(store: self, recipe: recipe, key: key, lease: lease)
  }

  /// The lease at `place`; `nil` when its owner lives and nobody waits.
  private func lease(_ place: String, waits: Bool) async throws -> SharedLease? {
    var watch = OwnerWatch()
    var pause = Duration.milliseconds(10)
    while true {
      let (outcome, seen) = try await OwnThread.run { [self, watch] _ in
        var watch = watch
        let outcome = try SharedLease.attempt(place, in: space, as: try owner(), &watch)
        return (outcome, watch)
      }
      watch = seen
      switch outcome {
      case .taken(let lease): return lease
      case .held where !waits: return nil
      case .held, .unclear: break
      }
      do { try await Task.sleep(for: pause) } catch {
        throw OperationError(.interrupted, "stopped while waiting for another run")
      }
      pause = min(pause * 2, timing.beat / 2, .seconds(1))
    }
  }

  /// Becomes the one run that counts against a month's ceiling; `nil` while another run is.
  public func holdMonth() throws -> MonthHold? {
    var watch = OwnerWatch()
    while true {
      let outcome = try SharedLease.attempt("month", in: space, as: try owner(), &watch)
      switch outcome {
      case .taken(let lease):
        state.withLock { $0.spender = lease.owner }
        return MonthHold { [weak self] in
          self?.state.withLock { $0.spender = nil }
          lease.release()
        }
      case .held: return nil
      case .unclear: ThreadPause.sleep(timing.beat / 2)
      }
    }
  }

  /// Throws where another run may have taken the month's budget, because this one was not heard of.
  func proveMonth() throws { try state.withLock { $0.spender }?.prove() }

  /// The living owner that this process is.
  private func owner() throws -> StoreOwner {
    try makeReady()
    return try state.withLock { state in
      if let owner = state.owner, !owner.isLost { return owner }
      state.owner?.stop()
      let owner = try StoreOwner(space, timing)
      state.owner = owner
      return owner
    }
  }

  /// Makes the store where it is not there, after a look at whether one can be there.
  func makeReady() throws {
    try state.withLock { state in
      guard !state.isReady else { return }
      try space.probe()
      if try !hasFormat() {
        // Several first users may do this at once; all write the same.
        let format = StoreRecords.Format(format: Self.formatVersion, shared: true)
        _ = try space.create(Self.formatName, StoreRecords.encode(format))
      }
      state.isReady = true
    }
  }

  private static let formatName = "format.json"

  /// Whether the format is written, and one that this program knows.
  private func hasFormat() throws -> Bool {
    guard let bytes = try space.read(Self.formatName) else { return false }
    guard let format = try? StoreRecords.decode(StoreRecords.Format.self, bytes) else {
      throw OperationError(
        .unsupported,
        "\(address) holds something else than a store: its format.json cannot be read",
        remedy: "choose an empty place for the store (--store)")
    }
    guard format.shared == true else {
      throw OperationError(
        .unsupported, "\(address) is a store of one machine, whose leases are file locks",
        remedy: "make a shared one elsewhere and fill it with keyreel store copy")
    }
    guard format.format <= Self.formatVersion else {
      throw OperationError(
        .newerVersion,
        "the store \(address) has format \(format.format), this keyreel knows up to \(Self.formatVersion)",
        remedy: "install a newer keyreel, or use another store (--store)")
    }
    return true
  }
}
