internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

/// A private file that is being written, hashed on the way; removed unless it is given a name.
///
/// Its methods block, so they are called on a ``DiskLane``.
final class DraftFile: Sendable {
  struct Facts: Sendable {
    var size: Int
    var digest: Digest
    /// Whether the bytes have their place; false when others were there before.
    var isNew = true
  }

  fileprivate struct Open: ~Copyable {
    var file: FileDescriptor
    var hasher = DigestHasher()
    var size = 0
  }

  let path: FilePath
  private let limit: Int
  private let open: Mutex<Open?>

  init(_ path: FilePath, limit: Int) throws {
    self.path = path
    self.limit = limit
    let file = try Disk.calling("write", path) {
      try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
    }
    open = Mutex(Open(file: file))
  }

  deinit { discard() }

  /// Adds bytes; throws `tooLarge` beyond the limit.
  ///
  /// After an error nothing can be added any more.
  func append(_ bytes: [UInt8]) throws {
    do {
      try open.withLock { open in
        guard open != nil else {
          throw OperationError(.interrupted, "the file is no longer being written")
        }
        try open?.append(bytes, limit: limit, path)
      }
    } catch {
      discard()
      throw error
    }
  }

  /// Forces the bytes to the disk and gives them the name `target`.
  ///
  /// When something has that name it stays, and these bytes are removed.
  func finish(as target: FilePath) throws -> Facts {
    do {
      var facts = try close()
      facts.isNew = try Disk.giveName(target, to: path)
      if !facts.isNew { Disk.remove(path) }
      return facts
    } catch {
      Disk.remove(path)
      throw error
    }
  }

  /// Forces the bytes to the disk and closes the file.
  private func close() throws -> Facts {
    guard let taken = open.withLock({ $0.take() }) else {
      throw OperationError(.interrupted, "the file is no longer being written")
    }
    let (file, size) = (taken.file, taken.size)
    do { try Disk.sync(file, path) } catch {
      try? file.close()
      throw error
    }
    try Disk.calling("write", path) { try file.close() }
    return Facts(size: size, digest: taken.finish())
  }

  /// Removes what was written, unless it has its name already; safe to call twice.
  func discard() {
    guard let taken = open.withLock({ $0.take() }) else { return }
    try? taken.file.close()
    Disk.remove(path)
  }
}

extension DraftFile.Open {
  fileprivate mutating func append(_ bytes: [UInt8], limit: Int, _ path: FilePath) throws {
    guard bytes.count <= limit - size else {
      throw OperationError(.tooLarge, "the file has more than \(limit) bytes")
    }
    let file = file
    _ = try Disk.calling("write", path) { try file.writeAll(bytes) }
    hasher.update(bytes)
    size += bytes.count
  }

  fileprivate consuming func finish() -> Digest { hasher.finalize() }
}
