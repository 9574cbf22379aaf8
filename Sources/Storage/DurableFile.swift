import Dispatch
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

/// Writes that are on the disk when they return, whole or not at all.
///
/// Each is made as a private file on the same file system, forced to the disk, given its name in one
/// step, and the folder that holds the name is forced to the disk too.
extension Disk {
  /// How far a write must have come when it returns.
  enum Force {
    /// Every reader of this machine sees it.
    case none
    /// It survives a power failure.
    case disk
  }

  /// Writes `bytes` at `path` unless something is there already; tells whether it did.
  @discardableResult
  static func writeNew(
    _ bytes: [UInt8], at path: FilePath, through draft: FilePath, force: Force = .disk
  ) throws(OperationError) -> Bool {
    try write(bytes, to: draft, force: force)
    defer { remove(draft) }
    return try giveName(path, to: draft, force: force)
  }

  /// Writes `bytes` at `path` in place of what is there.
  static func replace(
    _ bytes: [UInt8], at path: FilePath, through draft: FilePath
  ) throws(OperationError) {
    try write(bytes, to: draft)
    do { try rename(draft, to: path) } catch {
      remove(draft)
      throw error
    }
  }

  /// Writes `bytes` to a private new file; leaves nothing when it fails.
  static func write(
    _ bytes: [UInt8], to path: FilePath, force: Force = .disk
  ) throws(OperationError) {
    guard
      let file = try open(path, .writeOnly, "write", [.create, .exclusiveCreate])
    else { throw .file(.noSuchFileOrDirectory, "write", path) }
    do {
      _ = try calling("write", path) { try file.writeAll(bytes) }
      if force == .disk { try sync(file, path) }
      try calling("write", path) { try file.close() }
    } catch {
      try? file.close()
      remove(path)
      throw error
    }
  }

  /// Gives `file` the name `path` on the same file system unless that is taken; tells whether it did.
  ///
  /// The old name stays where hard links work and goes where they do not; the caller removes it.
  static func giveName(
    _ path: FilePath, to file: FilePath, force: Force = .disk
  ) throws(OperationError) -> Bool {
    let result = file.withPlatformString { old in
      path.withPlatformString { new in link(old, new) }
    }
    if result != 0 {
      switch lastError {
      case .fileExists: return false
      case .notPermitted, .notSupported, .tooManyLinks, Errno(rawValue: EOPNOTSUPP):
        // A file system without hard links. Whoever names files here holds the claim's lock or
        // writes the same bytes as everybody else, so looking first is safe enough.
        if exists(path) { return false }
        try rename(file, to: path)
        return true
      default: throw .file(lastError, "write", path)
      }
    }
    if force == .disk { try syncFolder(path.parent) }
    return true
  }

  /// Moves `old` to `new` on the same file system, in place of a file that is there.
  static func rename(_ old: FilePath, to new: FilePath) throws(OperationError) {
    let result = old.withPlatformString { old in
      new.withPlatformString { new in systemRename(old, new) }
    }
    guard result == 0 else { throw .file(lastError, "write", new) }
    try syncFolder(new.parent)
  }

  /// Forces a file's bytes to the disk.
  static func sync(_ file: FileDescriptor, _ path: FilePath) throws(OperationError) {
    while fsync(file.rawValue) != 0 {
      // EINVAL: a file system that cannot be forced, such as some network mounts.
      if lastError == .invalidArgument { return }
      guard lastError == .interrupted else { throw .file(lastError, "write", path) }
    }
  }

  /// Forces the names in a folder to the disk.
  static func syncFolder(_ path: FilePath) throws(OperationError) {
    let folder = path.isEmpty ? FilePath(".") : path
    let file = try calling("write", folder) {
      try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
    }
    defer { try? file.close() }
    try sync(file, folder)
  }

  /// Copies `old` over the empty file `new` and forces it to the disk.
  static func copy(_ old: FilePath, onto new: FilePath) throws(OperationError) {
    guard let input = try open(old, .readOnly, "read") else {
      throw .file(.noSuchFileOrDirectory, "read", old)
    }
    defer { try? input.close() }
    guard let output = try open(new, .writeOnly, "write") else {
      throw .file(.noSuchFileOrDirectory, "write", new)
    }
    do throws(OperationError) {
      var trouble: OperationError?
      try forEachChunk(of: input, at: old) { chunk in
        guard trouble == nil else { return }
        do throws(OperationError) {
          _ = try calling("write", new) { try output.writeAll(chunk) }
        } catch { trouble = error }
      }
      if let trouble { throw trouble }
      try sync(output, new)
      try calling("write", new) { try output.close() }
    } catch {
      try? output.close()
      throw error
    }
  }

  /// Removes a file; one that is not there is fine.
  @discardableResult
  static func remove(_ path: FilePath) -> Bool { path.withPlatformString { unlink($0) } == 0 }

  /// Removes a folder with all that is in it, never following links.
  static func removeTree(_ path: FilePath) throws(OperationError) {
    for name in try names(in: path) {
      let child = path.child(name)
      if status(child)?.isFolder == true { try removeTree(child) } else { remove(child) }
    }
    guard path.withPlatformString({ rmdir($0) }) == 0 || lastError == .noSuchFileOrDirectory
    else { throw .file(lastError, "remove", path) }
  }

  /// Sets the rights of a file.
  static func setMode(_ mode: mode_t, of path: FilePath) throws(OperationError) {
    guard path.withPlatformString({ chmod($0, mode) }) == 0 else {
      throw .file(lastError, "write", path)
    }
  }

  /// Forces the bytes of the finished file at `path` to the disk, and tells their digest and count.
  static func settle(_ path: FilePath) throws(OperationError) -> (digest: Digest, byteCount: Int) {
    guard let file = try open(path, .readOnly, "read") else {
      throw .file(.noSuchFileOrDirectory, "read", path)
    }
    defer { try? file.close() }
    guard status(file)?.isRegular == true else { throw .file(.isDirectory, "read", path) }
    // The disk writes while the processor hashes: together they take a third of a large film's time.
    let written = Mutex(Result<Void, OperationError>.success(()))
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) {
      let result = Result { () throws(OperationError) in try sync(file, path) }
      written.withLock { $0 = result }
    }
    let found = Result { () throws(OperationError) in try digest(of: file, at: path) }
    group.wait()
    try written.withLock(\.self).get()
    return try found.get()
  }

  /// Forces the draft of `key`'s clip to the disk, and has `describe` make its receipt.
  static func settle(
    _ draft: FilePath, for key: RecipeKey,
    describe: (_ digest: Digest, _ byteCount: Int) throws -> Receipt
  ) throws -> Receipt {
    let found = try settle(draft)
    let receipt = try describe(found.digest, found.byteCount)
    precondition(receipt.recipe.key == key, "a receipt belongs to its own claim")
    precondition(
      receipt.digest == found.digest && receipt.byteCount == found.byteCount,
      "a receipt is of the bytes that it was asked for")
    return receipt
  }

  /// The digest and count of an open file's bytes.
  static func digest(
    of file: FileDescriptor, at path: FilePath
  ) throws(OperationError) -> (digest: Digest, byteCount: Int) {
    var hasher = DigestHasher()
    var byteCount = 0
    try forEachChunk(of: file, at: path) { chunk in
      hasher.update(chunk)
      byteCount += chunk.count
    }
    return (hasher.finalize(), byteCount)
  }
}

// A plain `rename` inside the extension above would be the method itself.
private func systemRename(
  _ old: UnsafePointer<CInterop.PlatformChar>, _ new: UnsafePointer<CInterop.PlatformChar>
) -> Int32 { rename(old, new) }
