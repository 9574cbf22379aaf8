public import KeyreelCore
import Synchronization

/// Tells an engine of Open Job Description how far a run is: `openjd_progress: 42`, `openjd_status: …`.
///
/// Engines read such lines from the output of a task and show them beside it. Progress is in whole percent and
/// is told when it changes; a failure is told as `openjd_fail:`. See "Stdout/Stderr messages" in
/// <https://github.com/OpenJobDescription/openjd-specifications/wiki/How-Jobs-Are-Run>.
public final class OpenJDLines: Reporter {
  private let sink: any TextSink
  private let lines = RunLines(style: .plain, storePath: nil)
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  private struct State {
    var board = RunBoard()
    var percent = -1
  }

  /// Lines on `sink`, usually standard output; `now` is asked for the time of each event.
  public init(
    _ sink: any TextSink, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.sink = sink
    self.now = now
  }

  /// Takes note of `event`.
  public func report(_ event: RunEvent) {
    let now = now()
    state.withLock { state in
      state.board.apply(event, at: now)
      let percent = percent(of: event, on: state.board)
      if let percent, percent != state.percent {
        state.percent = percent
        sink.writeLine("openjd_progress: \(percent)")
      }
      guard let text = text(of: event, on: state.board) else { return }
      switch event {
      case .takeFailed, .filmFailed: sink.writeLine("openjd_fail: \(text)")
      default: sink.writeLine("openjd_status: \(text)")
      }
    }
  }

  /// 0…100; `nil` while that cannot be told.
  private func percent(of event: RunEvent, on board: RunBoard) -> Int? {
    switch event {
    case .finished(let summary):
      return summary.failed + summary.skipped == 0 && !summary.wasInterrupted ? 100 : nil
    case .stitching(_, let done, let all) where all > 0: return 100 * done / all
    case .started, .takeProgress, .takeCommitted, .takeReused:
      return board.generate > 0 ? Int(100 * board.fraction) : nil
    default: return nil
    }
  }

  /// One line; engines read line by line.
  private func text(of event: RunEvent, on board: RunBoard) -> String? {
    let line =
      switch event {
      case .stitching(let film, 0, _): "joining \(DisplayWidth.harmless(film))"
      case .filmPublished(_, let path, let frames, _, _):
        "film \(DisplayWidth.harmless(path)), \(frames) frames"
      case .finished(let summary): lines.summary(summary, board).joined(separator: "; ")
      default: lines.line(for: event, on: board)
      }
    return line.map { $0.split(separator: "\n").joined(separator: " ") }
  }
}
