import KeyreelCore
import Synchronization
import SystemPackage

/// Remembers which files' bytes this process has compared with their digest, by file status.
final class VerifiedObjects: Sendable {
  private let known = Mutex<[Digest: Disk.Status]>([:])

  /// Checks that the file at `path` has `byteCount` bytes with `digest`; throws `corrupt` otherwise.
  func check(_ path: FilePath, digest: Digest, byteCount: Int) throws(OperationError) {
    let file: FileDescriptor?
    do { file = try Disk.open(path, .readOnly, "read") } catch  where error.isOfStrangeFile {
      throw Self.corrupt("\(path) is not a file of the store", error)
    }
    guard let file else {
      throw Self.corrupt("\(path) is missing from the store", Errno.noSuchFileOrDirectory)
    }
    defer { try? file.close() }
    guard let status = Disk.status(file), status.isRegular else {
      throw Self.corrupt("\(path) is not a file of the store", nil)
    }
    if known.withLock({ $0[digest] }) == status, status.size == byteCount { return }
    guard status.size == byteCount, try Disk.digest(of: file, at: path).digest == digest else {
      throw Self.corrupt("\(path) is damaged: its bytes are not those of its digest", nil)
    }
    known.withLock { $0[digest] = status }
  }

  /// Notes that the file at `path` was just written with `digest`.
  func note(_ path: FilePath, digest: Digest) {
    guard let status = Disk.status(path) else { return }
    known.withLock { $0[digest] = status }
  }

  private static func corrupt(_ message: String, _ underlying: (any Error)?) -> OperationError {
    OperationError(
      .corrupt, message, remedy: "run keyreel store verify; the next run makes the clip again",
      underlying: underlying)
  }
}
