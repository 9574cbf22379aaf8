#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// The new file that a download goes into, hashed on the way; gone again unless it is finished.
final class DownloadSink {
  /// The failure of a write, if one failed.
  private(set) var error: OperationError?
  private let path: FilePath
  private let descriptor: Int32
  private var hasher: DigestHasher? = DigestHasher()
  private var isOpen: Bool

  init(_ path: FilePath) throws(OperationError) {
    self.path = path
    descriptor = path.withPlatformString {
      open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    }
    // A file that somebody else made is not removed with this object.
    isOpen = descriptor >= 0
    guard isOpen else { throw TransferFailure.file(path, errno) }
  }

  deinit { discard() }

  /// Writes all of `buffer`; `false` when the disk takes no more.
  func write(_ buffer: UnsafeRawBufferPointer) -> Bool {
    var rest = buffer[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = writeBytes(descriptor, part.baseAddress, part.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        error = TransferFailure.file(path, errno)
        return false
      }
      rest = rest.dropFirst(written)
    }
    hasher?.update(buffer)
    return true
  }

  /// Closes the file, forced to the disk if `forced`, and returns the digest of its bytes; called once.
  func finish(forced: Bool = true) throws(OperationError) -> Digest {
    guard isOpen, let digest = hasher.take()?.finalize() else {
      preconditionFailure("a download is finished once")
    }
    guard !forced || fsync(descriptor) == 0 else { throw TransferFailure.file(path, errno) }
    isOpen = false
    close(descriptor)
    return digest
  }

  /// Removes what was written, unless it is finished; safe to call twice.
  func discard() {
    guard isOpen else { return }
    isOpen = false
    close(descriptor)
    unlink(path.string)
  }
}

/// `write` under a name that methods of the same name do not hide.
private let writeBytes = write
