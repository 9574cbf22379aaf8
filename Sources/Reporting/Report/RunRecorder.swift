public import KeyreelCore
import Synchronization

/// Notes what a run does and when, for the report and for the store's memory of runs.
public final class RunRecorder: Reporter {
  private let start: ContinuousClock.Instant
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state: Mutex<State>

  private struct State {
    var record: RunRecord
    /// Places in the record's takes.
    var places: [TakeName: Int] = [:]
    /// When the joining of a film began.
    var stitching: [String: Int] = [:]
  }

  /// A recorder of a run that began at `begun`, ISO 8601 in UTC; `now` is asked for each event's time.
  public init(
    begun: String, backend: BackendIdentity, tool: String,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.now = now
    start = now()
    state = Mutex(State(record: RunRecord(begun: begun, backend: backend, tool: tool)))
  }

  /// What has happened so far.
  public var record: RunRecord { state.withLock(\.record) }

  /// Takes note of `event`.
  public func report(_ event: RunEvent) {
    let (seconds, attoseconds) = (now() - start).components
    let time = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    state.withLock { state in
      state.record.milliseconds = max(state.record.milliseconds, time)
      Self.note(event, at: time, in: &state)
    }
  }

  private static func note(_ event: RunEvent, at time: Int, in state: inout State) {
    switch event {
    case .waiting(let name): enter(.waiting, name, time, &state)
    case .takeStarted(let name, _): enter(.preparing, name, time, &state)
    case .takeProgress(let name, let progress):
      enter(stage(of: progress), name, time, &state)
    case .takeCommitted(let name, let key, _, _): end(name, .made, key, time, &state)
    case .takeReused(let name, let key): end(name, .reused, key, time, &state)
    case .takeFailed(let name, let error):
      end(name, .failed, nil, time, &state, FailureRecord(error))
    case .takeSkipped(let name, let reason):
      end(name, .skipped, nil, time, &state, FailureRecord(code: "skipped", message: reason))
    case .stitching(let film, _, _):
      if state.stitching[film] == nil { state.stitching[film] = time }
    case .filmPublished(let film, let path, let frames, _, let reused):
      state.record.films.append(
        FilmRecord(
          name: film, path: path, frames: frames, isReused: reused, start: state.stitching[film],
          end: time))
    case .filmFailed(let film, let error):
      state.record.films.append(
        FilmRecord(
          name: film, path: nil, frames: 0, isReused: false, start: state.stitching[film],
          end: time, failure: FailureRecord(error)))
    case .warning(let warning): state.record.warnings.append(warning)
    case .finished(let summary): state.record.summary = summary
    case .started, .remark, .joinMeasured: break
    }
  }

  private static func stage(of progress: GenerationProgress) -> TakeRecord.Stage {
    switch progress {
    case .queued: .queued
    case .rendering: .rendering
    case .downloading: .downloading
    }
  }

  /// The take's place in the record; it is made where it is missing.
  private static func place(_ name: TakeName, _ state: inout State) -> Int {
    if let place = state.places[name] { return place }
    state.record.takes.append(TakeRecord(name))
    state.places[name] = state.record.takes.count - 1
    return state.record.takes.count - 1
  }

  private static func enter(
    _ stage: TakeRecord.Stage, _ name: TakeName, _ time: Int, _ state: inout State
  ) {
    let place = place(name, &state)
    if let last = state.record.takes[place].phases.indices.last {
      state.record.takes[place].phases[last].end = time
      guard state.record.takes[place].phases[last].stage != stage else { return }
    }
    state.record.takes[place].phases.append(.init(stage, from: time, to: time))
  }

  private static func end(
    _ name: TakeName, _ outcome: TakeRecord.Outcome, _ key: RecipeKey?, _ time: Int,
    _ state: inout State, _ failure: FailureRecord? = nil
  ) {
    let place = place(name, &state)
    if let last = state.record.takes[place].phases.indices.last {
      state.record.takes[place].phases[last].end = time
    }
    state.record.takes[place].outcome = outcome
    state.record.takes[place].key = key
    state.record.takes[place].failure = failure
  }
}
