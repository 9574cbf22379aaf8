internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The folder that holds all that a server must not forget; private, and of one process at a time.
final class DataFolder: Sendable {
  /// Where it is.
  let path: FilePath
  private let lock: Mutex<FileDescriptor?>

  /// The database.
  var database: FilePath { path.appending("queue.sqlite") }
  /// Finished files.
  var files: FilePath { path.appending("files") }
  /// Files that are being written; emptied at opening.
  var drafts: FilePath { path.appending("drafts") }
  /// Parts of unfinished uploads.
  var parts: FilePath { path.appending("parts") }

  /// Makes the folder if need be and takes its lock; throws `busy` when another process has it.
  init(_ path: FilePath) throws {
    self.path = path
    try Disk.makeFolder(path)
    let name = path.appending("lock")
    let file = try Disk.calling("lock", name) {
      try FileDescriptor.open(
        name, .readWrite, options: [.create, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
    }
    while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
      let errno = Disk.lastError
      if errno == .interrupted { continue }
      try? file.close()
      guard errno == .wouldBlock else { throw OperationError.file(errno, "lock", name) }
      throw OperationError(
        .busy, "another server uses the data folder \(path)",
        remedy: "stop it, or give this one a folder of its own (--data)")
    }
    lock = Mutex(file)
    for folder in [files, drafts, parts] { try Disk.makeFolder(folder) }
    try makePrivateDatabase()
    try Disk.syncFolder(path)
  }

  deinit { release() }

  /// SQLite gives its journal files the rights of the database, which it would make readable by all.
  private func makePrivateDatabase() throws {
    let file = try Disk.calling("write", database) {
      try FileDescriptor.open(
        database, .readWrite, options: [.create, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
    }
    try Disk.calling("write", database) { try file.close() }
  }

  /// Lets the next process in; safe to call twice.
  func release() {
    let held = lock.withLock { lock in
      defer { lock = nil }
      return lock
    }
    try? held?.close()
  }
}
