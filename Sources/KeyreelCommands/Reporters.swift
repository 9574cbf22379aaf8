internal import ArgumentParser
internal import FoundationEssentials
internal import KeyreelCore
internal import Reporting
internal import Storage
internal import SystemPackage

/// What reads how far a run is.
enum ProgressForm: String, CaseIterable, ExpressibleByArgument {
  /// Lines as Open Job Description has them.
  case openjd
}

/// The reporters of one run: the console, and the event file where one is asked for.
struct Reporters {
  private let console: ConsoleReporter
  private let log: EventLog?
  private let lines: OpenJDLines?
  private let recorder: RunRecorder
  private let context: CommandContext

  /// Opens the event file; throws a ``CommandFailure`` when it cannot be written.
  init(
    events: FilePath?, progress: ProgressForm? = nil, quiet: Bool, store: String,
    backend: BackendIdentity, context: CommandContext
  ) throws {
    recorder = RunRecorder(
      begun: Date().ISO8601Format(), backend: backend, tool: Version.number)
    log = try events.map { file in try CommandFailure.atStore { try EventLog(file: file) } }
    console = ConsoleReporter(
      descriptor: context.errors.descriptor,
      mode: quiet ? .quiet : context.surroundings.canRedraw ? .live : .plain,
      style: context.errorStyle, storePath: store)
    lines = progress.map { _ in OpenJDLines(context.output) }
    self.context = context
  }

  /// One reporter that tells all.
  var reporter: any Reporter {
    let asked: [(any Reporter)?] = [log, lines]
    return ReporterGroup([console, recorder] + asked.compactMap(\.self))
  }

  /// The same without the greetings and farewells of a run, for rounds of `keyreel watch`.
  var watching: any Reporter { ReporterGroup([Rounds(console: console), recorder]) }

  private struct Rounds: Reporter {
    let console: ConsoleReporter

    func report(_ event: RunEvent) {
      switch event {
      case .started(_, generate: 0, _, _, _), .filmPublished, .finished: break
      default: console.report(event)
      }
    }
  }

  /// Has the store remember what the run did; a store that cannot loses only the timeline of reports.
  func remember(for pipeline: String, in store: any ProjectStore) {
    try? store.remember(recorder.record, pipeline: pipeline)
  }

  /// Restores the terminal, closes the event file, and says so when lines are missing in it.
  func close() {
    console.close()
    log?.close()
    if let problem = log?.problem { context.errors.writeLine("warning: \(problem)") }
  }
}
