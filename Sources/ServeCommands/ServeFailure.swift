internal import ArgumentParser
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
    } catch  where !(error is ExitCode) {
      tell("\(error)")
      throw ExitCode(ExitStatus.runFailed.rawValue)
    }
  }

  /// There is no valid key with this id.
  static func unknownKey(_ id: String) -> OperationError {
    OperationError(
      .notFound, "there is no valid key \(id)", remedy: "`keyreel serve keys list` shows all")
  }

  private static func tell(_ message: String) { Voice.say("error: \(message)") }

  private static func status(_ error: OperationError) -> ExitStatus {
    switch error.code {
    case .busy: .busy
    case .diskFull, .newerVersion, .corrupt, .permissionDenied: .storeFailed
    case .unsupported, .notFound: .usage
    default: .runFailed
    }
  }
}
