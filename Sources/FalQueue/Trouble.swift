internal import GRDB
internal import KeyreelCore
internal import SystemPackage

extension OperationError {
  /// What a failure of the database means to a person.
  static func database(_ error: any Error) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let told = error.message ?? "error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL:
      return OperationError(
        .diskFull, "cannot write the queue's database: the disk is full",
        remedy: "free some space; accepted jobs are kept", isRetryable: true, underlying: error)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      return OperationError(
        .corrupt, "the queue's database is damaged: \(told)",
        remedy: "move the data folder away and start with a new one", underlying: error)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return OperationError(
        .busy, "another program holds the queue's database", remedy: "close it and try again",
        isRetryable: true, underlying: error)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
      return OperationError(
        .permissionDenied, "cannot write the queue's database: \(told)",
        remedy: "check the rights of the data folder", underlying: error)
    default:
      return OperationError(
        .inputOutput, "the queue's database failed: \(told)", underlying: error)
    }
  }

  /// What a failed system call on `path` means to a person; `action` is a verb: `write`, `read`.
  static func file(_ errno: Errno, _ action: String, _ path: FilePath) -> OperationError {
    switch errno {
    case .noSpace, .diskQuotaExceeded:
      OperationError(
        .diskFull, "cannot \(action) \(path): the disk is full", remedy: "free some space",
        isRetryable: true, underlying: errno)
    case .permissionDenied, .notPermitted, .readOnlyFileSystem:
      OperationError(
        .permissionDenied, "cannot \(action) \(path): \(errno)",
        remedy: "check the rights of the data folder", underlying: errno)
    case .noSuchFileOrDirectory:
      OperationError(.notFound, "cannot \(action) \(path): it is not there", underlying: errno)
    default:
      OperationError(.inputOutput, "cannot \(action) \(path): \(errno)", underlying: errno)
    }
  }
}
