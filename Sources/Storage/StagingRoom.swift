import KeyreelCore
import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A private folder for files that are being made, on the store's own file system.
///
/// Its owner holds the lock on `owner` for as long as it lives; a room whose lock is free was left
/// behind by a dead process and may be swept away.
final class StagingRoom: Sendable {
  let folder: FilePath
  private let lock: FileLock
  private let count = Atomic(0)

  private init(folder: FilePath, lock: FileLock) {
    self.folder = folder
    self.lock = lock
  }

  deinit {
    // Files that nobody took over are of no use to anybody.
    try? Disk.removeTree(folder)
    lock.release()
  }

  /// Makes a room in the folder `staging` and sweeps what dead processes left there.
  static func open(in staging: FilePath) throws(OperationError) -> StagingRoom {
    try Disk.makeFolders(staging)
    let door = try FileLock.waiting(staging.child("lock"))
    defer { door.release() }
    _ = try sweep(staging, removing: true)
    let folder = staging.child(
      "\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 16))")
    try Disk.makeFolders(folder)
    guard let lock = try FileLock.attempt(.exclusive, folder.child("owner")) else {
      throw .file(.fileExists, "lock", folder)
    }
    return StagingRoom(folder: folder, lock: lock)
  }

  /// Sweeps what dead processes left in the folder `staging`; writes nothing where there is nothing.
  static func tidy(_ staging: FilePath) throws(OperationError) {
    guard try Disk.names(in: staging).contains(where: { $0 != "lock" }) else { return }
    let door = try FileLock.waiting(staging.child("lock"))
    defer { door.release() }
    _ = try sweep(staging, removing: true)
  }

  /// A path in the room that nobody else was given.
  func path(ending: String) -> FilePath {
    let number = count.add(1, ordering: .relaxed).newValue
    return folder.child("\(number).\(ending)")
  }

  /// Finds, and removes when asked to, the rooms of dead processes; the caller holds the door.
  static func sweep(
    _ staging: FilePath, removing: Bool
  ) throws(OperationError) -> [(folder: FilePath, byteCount: Int)] {
    var dead: [(folder: FilePath, byteCount: Int)] = []
    for name in try Disk.names(in: staging) {
      let folder = staging.child(name)
      guard Disk.status(folder)?.isFolder == true else { continue }
      // A live owner in this or another process keeps the lock; not to be had means not dead.
      guard let lock = try? FileLock.attempt(.exclusive, folder.child("owner")) else {
        continue
      }
      defer { lock.release() }
      let files = try Disk.names(in: folder)
      let byteCount = files.reduce(0) { $0 + (Disk.status(folder.child($1))?.size ?? 0) }
      if removing { try Disk.removeTree(folder) }
      dead.append((folder, byteCount))
    }
    return dead
  }
}
