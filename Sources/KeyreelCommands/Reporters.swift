internal import KeyreelCore
internal import Reporting
internal import SystemPackage

/// The reporters of one run: the console, and the event file where one is asked for.
struct Reporters {
  private let console: ConsoleReporter
  private let log: EventLog?
  private let context: CommandContext

  /// Opens the event file; throws a ``CommandFailure`` when it cannot be written.
  init(events: FilePath?, quiet: Bool, store: String, context: CommandContext) throws {
    log = try events.map { file in try CommandFailure.atStore { try EventLog(file: file) } }
    console = ConsoleReporter(
      descriptor: context.errors.descriptor,
      mode: quiet ? .quiet : context.surroundings.isErrorTerminal ? .live : .plain,
      style: context.errorStyle, storePath: store)
    self.context = context
  }

  /// One reporter that tells all.
  var reporter: any Reporter { ReporterGroup([console] + (log.map { [$0] } ?? [])) }

  /// Restores the terminal, closes the event file, and says so when lines are missing in it.
  func close() {
    console.close()
    log?.close()
    if let problem = log?.problem { context.errors.writeLine("warning: \(problem)") }
  }
}
