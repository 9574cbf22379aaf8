public import KeyreelCore
import Synchronization
public import SystemPackage

/// A store in a folder: content-addressed, atomic, safe between processes and after any crash.
///
/// What it holds is described in `docs/store.md`. Opening it writes nothing; it is made by the first
/// thing that has to be kept.
public final class DirectoryStore: ArtifactStore {
  /// The store's folder.
  public let folder: FilePath

  let layout: StoreLayout
  let session: StoreSession
  let verified = VerifiedObjects()
  private let purpose = Mutex<String?>(nil)

  /// The pipeline for whose films clips are bought from now on; the ledger names it.
  public var pipeline: String? {
    get { purpose.withLock { $0 } }
    set { purpose.withLock { $0 = newValue } }
  }

  /// Opens the store at `folder`, which need not exist.
  ///
  /// Throws `newerVersion` for a store that this program is too old for, `busy` while another process
  /// cleans it, and `corrupt` when its `format.json` is damaged.
  public init(at folder: FilePath) throws(OperationError) {
    self.folder = folder
    layout = StoreLayout(folder: folder)
    session = try StoreSession(layout)
  }

  /// Where downloaded sources are, named by their digests; need not be there.
  public var sourcesFolder: FilePath { layout.sources }

  /// Where remembered facts about sources are; need not be there.
  public var factsFolder: FilePath { layout.facts }

  /// Makes the folder for downloaded sources, and the store around it.
  public func makeSourcesFolder() throws(OperationError) -> FilePath {
    try session.makeReady()
    try Disk.makeFolders(layout.sources)
    return layout.sources
  }

  /// A path for a new private file with this ending, on the store's file system.
  ///
  /// What is still there when the store is closed, or its process has died, is removed.
  public func stage(ending: String) throws -> FilePath {
    try session.draft(ending: ending)
  }

  /// Removes this process's drafts now; the store can still be used, and makes a new room for drafts.
  ///
  /// The end of the last reference does the same, but a process may have ended before that.
  public func close() { session.leaveRoom() }

  /// Becomes the owner of `recipe`'s claim, waiting for a live owner to finish when `waits`.
  ///
  /// Throws `busy` when another owner has it and `waits` is false, `interrupted` when the task is
  /// cancelled while it waits.
  public func claim(_ recipe: Recipe, waits: Bool) async throws -> any Claim {
    try await ownClaim(recipe, waits: waits)
  }

  func ownClaim(_ recipe: Recipe, waits: Bool) async throws -> DirectoryClaim {
    let key = recipe.key
    let place = layout.claim(key)
    var pause = Duration.milliseconds(5)
    while true {
      if let lock = try ownership(of: place) {
        return DirectoryClaim(store: self, recipe: recipe, key: key, place: place, lock: lock)
      }
      guard waits else {
        throw OperationError(
          .busy, "another run is making the clip \(key)",
          remedy: "wait for it, or run without --no-wait", isRetryable: true)
      }
      do { try await Task.sleep(for: pause) } catch {
        throw OperationError(.interrupted, "stopped while waiting for the clip \(key)")
      }
      pause = min(pause * 2, .milliseconds(250))
    }
  }

  private func ownership(of place: ClaimLayout) throws(OperationError) -> FileLock? {
    try session.makeReady()
    while true {
      try Disk.makeFolders(place.folder)
      guard let lock = try FileLock.attempt(.exclusive, place.lease) else { return nil }
      // A cleaner may have removed the claim between opening and locking its lease.
      if lock.isStillAt(place.lease) { return lock }
    }
  }
}
