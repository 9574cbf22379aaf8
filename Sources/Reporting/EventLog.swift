public import KeyreelCore
import Synchronization
public import SystemPackage

/// Writes every event of a run as one line of JSON, for programs.
///
/// The lines are described by `schemas/events.schema.json`. They are versioned apart from
/// ``RunEvent``, so that the program can change inside without breaking readers.
public final class EventLog: Reporter {
  /// The version of the lines.
  public static let formatVersion = 1

  private let descriptor: FileDescriptor
  private let start: ContinuousClock.Instant
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  private struct State {
    var isOpen = true
    var problem: OperationError?
    var lines = 0
  }

  /// Starts a new log in `file`, which is emptied if it exists.
  ///
  /// `now` is asked for the time of each event. Throws an ``OperationError`` when the file cannot be
  /// written.
  public init(
    file: FilePath, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) throws {
    do {
      descriptor = try FileDescriptor.open(
        file, .writeOnly, options: [.create, .truncate, .append],
        permissions: [
          .ownerReadWrite, .groupRead, .otherRead,
        ])
    } catch let error as Errno {
      throw OperationError(
        error == .permissionDenied ? .permissionDenied : .inputOutput,
        "the event log `\(file)` cannot be written: \(error)",
        remedy: "choose another file for --events", underlying: error)
    }
    self.now = now
    start = now()
  }

  deinit { close() }

  /// What kept lines from being written, if anything did; the run goes on without them.
  public var problem: OperationError? { state.withLock(\.problem) }

  /// Ends the log; later events are ignored.
  public func close() {
    state.withLock { state in
      guard state.isOpen else { return }
      state.isOpen = false
      try? descriptor.close()
    }
  }

  /// Writes `event` as one line.
  public func report(_ event: RunEvent) {
    let elapsed = now() - start
    state.withLock { state in
      guard state.isOpen, state.problem == nil else { return }
      state.lines += 1
      let line = WireEvent(event, number: state.lines, elapsed: elapsed).line
      do {
        // One write for each line, so that readers of a growing file never see half of one.
        try descriptor.writeAll(line)
      } catch {
        state.problem = OperationError(
          .inputOutput, "the event log can no longer be written: \(error)",
          remedy: "the run goes on without it", underlying: error)
      }
    }
  }
}
