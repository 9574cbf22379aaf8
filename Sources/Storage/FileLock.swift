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

/// A lock on a file that the kernel lets go when its owner ends, however it ends.
///
/// It belongs to the open file and not to the process, so that two owners in one process exclude
/// each other as two processes do. The file is never handed on to children.
final class FileLock: Sendable {
  private let file: Mutex<FileDescriptor?>

  private init(_ file: FileDescriptor) { self.file = Mutex(file) }

  deinit { release() }

  /// How a lock is held.
  enum Mode {
    /// By many at once.
    case shared
    /// By one alone.
    case exclusive
  }

  /// Takes the lock on `path`, making the file; `nil` when another owner has it.
  static func attempt(_ mode: Mode, _ path: FilePath) throws(OperationError) -> FileLock? {
    guard let file = try Disk.open(path, .readWrite, "lock", .create) else { return nil }
    return try lock(file, mode, path)
  }

  /// Takes the lock on a file that can only be read; `nil` when it is not there or not to be had.
  static func attemptReading(_ mode: Mode, _ path: FilePath) throws(OperationError) -> FileLock? {
    guard let file = try Disk.open(path, .readOnly, "lock") else { return nil }
    return try lock(file, mode, path)
  }

  private static func lock(
    _ file: FileDescriptor, _ mode: Mode, _ path: FilePath
  ) throws(OperationError) -> FileLock? {
    let lock = FileLock(file)
    return try lock.change(to: mode, path) ? lock : nil
  }

  /// Takes the lock on `path` alone, waiting for the short work of another owner.
  static func waiting(_ path: FilePath) throws(OperationError) -> FileLock {
    guard let file = try Disk.open(path, .readWrite, "lock", .create) else {
      throw .file(.noSuchFileOrDirectory, "lock", path)
    }
    while flock(file.rawValue, LOCK_EX) != 0 {
      guard Disk.lastError == .interrupted else {
        let errno = Disk.lastError
        try? file.close()
        throw .file(errno, "lock", path)
      }
    }
    return FileLock(file)
  }

  /// Changes how the lock is held; false when another owner is in the way, and then it is held no more.
  func change(to mode: Mode, _ path: FilePath) throws(OperationError) -> Bool {
    guard let held = file.withLock({ $0 }) else { return false }
    let operation = mode == .shared ? LOCK_SH : LOCK_EX
    while flock(held.rawValue, operation | LOCK_NB) != 0 {
      if Disk.lastError == .wouldBlock { return false }
      guard Disk.lastError == .interrupted else { throw .file(Disk.lastError, "lock", path) }
    }
    return true
  }

  /// Whether the file that is locked is still the one at `path`, and not one that was removed.
  func isStillAt(_ path: FilePath) -> Bool {
    guard let file = file.withLock({ $0 }), let held = Disk.status(file),
      let named = Disk.status(path)
    else { return false }
    return held.inode == named.inode && held.device == named.device
  }

  /// Lets the lock go; safe to call twice.
  func release() {
    let held = file.withLock { file in
      defer { file = nil }
      return file
    }
    guard let held else { return }
    // A process that is being started has a copy of the file until its program is loaded, and closing
    // ours would leave it locked until then.
    _ = flock(held.rawValue, LOCK_UN)
    try? held.close()
  }
}
