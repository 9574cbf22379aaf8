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
      usesColor: surroundings.allowsColor && surroundings.isOutputTerminal,
      cutsCells: surroundings.isOutputTerminal)
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
      status = try await withTaskExecutorPreference(PatientThreads.shared) { try await body() }
    } catch {
      status = tell(error)
    }
    if status != .success { throw ExitCode(status.rawValue) }
  }

  /// Prints `error` and says what it means for the caller.
  func tell(_ error: any Error) -> ExitStatus {
    let failure = CommandFailure(error)
    errors.write(ErrorText(failure.error, style: errorStyle).text)
    return failure.status
  }

  /// Prints `work`'s diagnostics, only the errors when `quiet`; `false` when there are errors.
  func tell(_ work: PipelineWork, quiet: Bool = false) -> Bool {
    tell(
      work.diagnostics,
      of: [work.project.displayPath: work.text, work.lock.name: work.lock.text],
      quiet: quiet)
  }

  /// Prints `diagnostics` of the pipeline `text`; `false` when there are errors.
  func tell(
    _ diagnostics: [Diagnostic], of text: String, named name: String, quiet: Bool = false
  ) -> Bool {
    tell(diagnostics, of: [name: text], quiet: quiet)
  }

  /// Prints `diagnostics` of `sources`, texts by the names of their files; `false` when there are errors.
  func tell(
    _ diagnostics: [Diagnostic], of sources: [String: String], quiet: Bool = false
  ) -> Bool {
    let renderer = DiagnosticRenderer(sources: sources, style: errorStyle)
    let errors = diagnostics.filter { $0.severity == .error }
    let shown = quiet ? errors : diagnostics
    self.errors.write(renderer.text(for: shown))
    if surroundings.isGitHubAction { self.errors.write(AnnotationLines(shown).text) }
    return errors.isEmpty
  }
}
