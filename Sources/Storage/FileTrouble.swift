import KeyreelCore
import SystemPackage

extension OperationError {
  /// Whether something else than a file stands in the place; other troubles may pass.
  var isOfStrangeFile: Bool {
    guard let errno = underlying as? Errno else { return false }
    // A link, a file in a folder's place, a folder, a socket.
    let strange: [Errno] = [
      .tooManySymbolicLinkLevels, .notDirectory, .isDirectory, .noSuchAddressOrDevice,
    ]
    return strange.contains(errno)
  }

  /// What a failed system call on `path` means to a person; `action` is a verb: `write`, `read`.
  static func file(_ errno: Errno, _ action: String, _ path: FilePath) -> OperationError {
    switch errno {
    case .noSpace, .diskQuotaExceeded:
      OperationError(
        .diskFull, "cannot \(action) \(path): the disk is full",
        remedy: "free some space and run again; finished clips are kept", underlying: errno)
    case .permissionDenied, .notPermitted:
      OperationError(
        .permissionDenied, "cannot \(action) \(path): permission denied",
        remedy:
          "check the rights of \(path.parent), or use another store (--store)",
        underlying: errno)
    case .readOnlyFileSystem:
      OperationError(
        .permissionDenied, "cannot \(action) \(path): the file system is read-only",
        remedy: "use a store that can be written (--store)", underlying: errno)
    case .noSuchFileOrDirectory:
      OperationError(
        .notFound, "cannot \(action) \(path): it is not there", underlying: errno)
    case .notDirectory, .fileExists, .isDirectory, .tooManySymbolicLinkLevels:
      OperationError(
        .inputOutput, "cannot \(action) \(path): \(errno) (something else stands in its place)",
        remedy: "move it away and run again", underlying: errno)
    default:
      OperationError(.inputOutput, "cannot \(action) \(path): \(errno)", underlying: errno)
    }
  }
}
