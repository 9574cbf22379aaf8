internal import ArgumentParser
internal import KeyreelCore
internal import Reporting

/// What every command needs: the surroundings, and where text goes.
struct CommandContext: Sendable {
  let surroundings: Surroundings
  /// What a program hands on.
  let output = DescriptorSink.standardOutput
  /// What people read beside it.
  let errors = DescriptorSink.standardError

  init() { surroundings = .current }

  /// How text on standard output may look.
  var outputStyle: TextStyle {
    TextStyle(
      width: surroundings.isOutputTerminal
        ? ConsoleReporter.columns(of: output.descriptor) ?? 100 : 100,
      usesColor: surroundings.allowsColor && surroundings.isOutputTerminal)
  }

  /// How text on standard error may look.
  var errorStyle: TextStyle {
    TextStyle(
      width: surroundings.isErrorTerminal
        ? ConsoleReporter.columns(of: errors.descriptor) ?? 100 : 100,
      usesColor: surroundings.allowsColor && surroundings.isErrorTerminal)
  }

  /// Runs a command's body and turns every failure into one message and an exit status.
  func run(_ body: () async throws -> ExitStatus) async throws {
    let status: ExitStatus
    do {
      status = try await body()
    } catch let error as OperationError {
      status = tell(error)
    }
    if status != .success { throw ExitCode(status.rawValue) }
  }

  /// Prints `error` and says what it means for the caller.
  func tell(_ error: OperationError) -> ExitStatus {
    errors.writeLine("error: \(error)")
    return ExitStatus(of: error)
  }

  /// Prints `work`'s diagnostics, only the errors when `quiet`; `false` when there are errors.
  func tell(_ work: PipelineWork, quiet: Bool = false) -> Bool {
    let renderer = DiagnosticRenderer(
      sources: [work.project.displayPath: work.text], style: errorStyle)
    let told = quiet ? work.diagnostics.filter { $0.severity == .error } : work.diagnostics
    errors.write(renderer.text(for: told))
    return work.errorCount == 0
  }
}

extension ExitStatus {
  /// What a failure of the world means for the caller.
  init(of error: OperationError) {
    switch error.code {
    case .busy: self = .busy
    case .diskFull, .newerVersion, .corrupt, .inputOutput, .permissionDenied: self = .storeFailed
    case .verificationFailed: self = .verificationFailed
    case .interrupted: self = .interrupted
    case .unsupported: self = .usage
    case .notFound: self = .pipelineInvalid
    default: self = .runFailed
    }
  }
}
