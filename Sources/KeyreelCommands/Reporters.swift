internal import KeyreelCore
internal import Reporting
internal import SystemPackage

/// The reporters of one run: the console, and the event file where one is asked for.
struct Reporters {
  private let console: ConsoleReporter
  private let log: EventLog?

  /// Opens the event file; throws an ``OperationError`` when it cannot be written.
  init(events: FilePath?, quiet: Bool, store: FilePath, context: CommandContext) throws {
    console = ConsoleReporter(
      descriptor: context.errors.descriptor,
      mode: quiet ? .quiet : context.surroundings.isErrorTerminal ? .live : .plain,
      style: context.errorStyle, storePath: store.string)
    log = try events.map { try EventLog(file: $0) }
  }

  /// One reporter that tells all.
  var reporter: any Reporter { ReporterGroup([console] + (log.map { [$0] } ?? [])) }

  /// Restores the terminal and closes the event file.
  func close() {
    console.close()
    log?.close()
  }
}
