internal import ArgumentParser
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore

/// Turns failures into one message on standard error and the exit status that keyreel's table says.
enum ServeFailure {
  /// Runs `body`; what it throws is told and ends the program.
  static func told(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as OperationError {
      tell("\(error)")
      throw ExitCode(status(error).rawValue)
    } catch let error as any Error where !(error is ExitCode) {
      tell("\(error)")
      throw ExitCode(ExitStatus.runFailed.rawValue)
    }
  }

  private static func tell(_ message: String) {
    let line = "error: \(message)\n"
    _ = line.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func status(_ error: OperationError) -> ExitStatus {
    switch error.code {
    case .busy: .busy
    case .diskFull, .newerVersion, .corrupt, .permissionDenied: .storeFailed
    case .unsupported, .notFound: .usage
    default: .runFailed
    }
  }
}
