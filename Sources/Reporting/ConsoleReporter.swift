public import KeyreelCore
import Synchronization
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Tells a person what a run does, on an open terminal or in a log.
///
/// It has no thread of its own: the picture moves with the events, at most ten times a second.
public final class ConsoleReporter: Reporter {
  /// How much is told, and how.
  public enum Mode: String, Hashable, Sendable {
    /// A picture that is redrawn in place; for terminals only.
    case live
    /// One line for each thing that happened; for logs and pipes.
    case plain
    /// Nothing but failures.
    case quiet
  }

  /// Faster redraws only flicker.
  private static let interval = Duration.milliseconds(100)

  private let descriptor: FileDescriptor
  private let mode: Mode
  private let style: TextStyle
  private let lines: RunLines
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  private struct State {
    var board = RunBoard()
    /// Columns of each line of the picture on the screen.
    var drawn: [Int] = []
    var lastDraw: ContinuousClock.Instant?
    var hidesCursor = false
  }

  /// A reporter that writes to `descriptor`, usually standard error.
  ///
  /// `storePath` is named in the summary. `now` is asked for the time of each event.
  public init(
    descriptor: FileDescriptor = .standardError, mode: Mode, style: TextStyle = .plain,
    storePath: String? = nil,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.descriptor = descriptor
    self.mode = mode
    self.style = style
    self.now = now
    lines = RunLines(style: style, storePath: storePath)
  }

  deinit { close() }

  /// Takes the picture off the screen and gives the cursor back; safe to call twice.
  ///
  /// Called by itself at the end of a run; for runs that end otherwise, call it.
  public func close() {
    state.withLock { state in
      write(erased(&state) + shownCursor(&state))
    }
  }

  /// Takes note of `event`.
  public func report(_ event: RunEvent) {
    let now = now()
    state.withLock { state in
      state.board.apply(event, at: now)
      if case .finished(let summary) = event {
        finish(summary, &state)
      } else {
        show(event, &state, now)
      }
    }
  }

  private func finish(_ summary: RunSummary, _ state: inout State) {
    var text = erased(&state) + shownCursor(&state)
    if mode != .quiet {
      text += lines.summary(summary, state.board).map { $0 + "\n" }.joined()
    }
    write(text)
  }

  private func show(_ event: RunEvent, _ state: inout State, _ now: ContinuousClock.Instant) {
    let line = isTold(event) ? lines.line(for: event, on: state.board) : nil
    guard mode == .live else {
      if let line { write(line + "\n") }
      return
    }
    if line == nil, !isUrgent(event), let last = state.lastDraw, now - last < Self.interval {
      return
    }
    state.lastDraw = now
    // One write for all of it, the old picture overwritten line by line: nothing flickers.
    let picture = BoardPicture(style: liveStyle).lines(of: state.board, at: now)
    var text = hiddenCursor(&state) + atTop(state)
    if let line { text += line.split(separator: "\n").map { $0 + "\u{1B}[K\n" }.joined() }
    text += picture.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
    state.drawn = picture.map { DisplayWidth.of(BoardPicture.unpainted($0)) }
    write(text)
  }

  private func isTold(_ event: RunEvent) -> Bool {
    switch event {
    case .takeFailed, .filmFailed, .warning: true
    // A live picture shows who waits.
    case .waiting: mode == .plain
    default: mode != .quiet
    }
  }

  private func isUrgent(_ event: RunEvent) -> Bool {
    switch event {
    case .takeProgress, .stitching: false
    default: true
    }
  }

  /// The window may have been resized since the last picture.
  private var liveStyle: TextStyle {
    var style = style
    style.width = Self.columns(of: descriptor) ?? style.width
    return style
  }

  /// Columns of the terminal behind `descriptor`; `nil` when it is none, or does not tell.
  public static func columns(of descriptor: FileDescriptor) -> Int? {
    var size = winsize()
    guard ioctl(descriptor.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  private func atTop(_ state: State) -> String {
    guard !state.drawn.isEmpty else { return "" }
    // A window that became narrower has wrapped the lines that no longer fit.
    let columns = max(1, Self.columns(of: descriptor) ?? .max)
    let rows = state.drawn.reduce(0) { $0 + (max(1, $1) - 1) / columns + 1 }
    return "\r\u{1B}[\(rows)A"
  }

  private func erased(_ state: inout State) -> String {
    guard !state.drawn.isEmpty else { return "" }
    let text = atTop(state) + "\u{1B}[J"
    state.drawn = []
    return text
  }

  private func hiddenCursor(_ state: inout State) -> String {
    guard !state.hidesCursor else { return "" }
    state.hidesCursor = true
    return "\u{1B}[?25l"
  }

  private func shownCursor(_ state: inout State) -> String {
    guard state.hidesCursor else { return "" }
    state.hidesCursor = false
    return "\u{1B}[?25h"
  }

  private func write(_ text: String) {
    guard !text.isEmpty else { return }
    DescriptorSink(descriptor).write(text)
  }
}
