import KeyreelCore

/// Draws a board in lines for a terminal: a bar for each running take, then the totals.
struct BoardPicture {
  let style: TextStyle
  /// More running takes than this are counted instead of drawn.
  static let mostLanes = 8

  func lines(of board: RunBoard, at now: ContinuousClock.Instant) -> [String] {
    // Lines that wrap could not be drawn over; a very narrow window gets no picture.
    guard style.width >= 30 else { return [] }
    var lines = board.lanes.prefix(Self.mostLanes).map { line(for: $0, of: board, at: now) }
    if board.lanes.count > Self.mostLanes {
      lines.append(style.paint("  and \(board.lanes.count - Self.mostLanes) more", .faint))
    }
    if let stitching = board.stitching {
      let fraction =
        stitching.of > 0 ? min(1, Double(stitching.done) / Double(stitching.of)) : 0
      lines.append(
        row(
          "stitching \(stitching.film)", fraction, "\(stitching.done)/\(stitching.of) frames",
          .cyan))
    }
    if board.generate > 0, board.made + board.failed < board.generate {
      lines.append(totals(of: board, at: now))
    }
    return lines
  }

  private func line(
    for lane: RunBoard.Lane, of board: RunBoard, at now: ContinuousClock.Instant
  ) -> String {
    let state =
      switch lane.progress {
      case _ where lane.isWaiting: "made by another process"
      case .queued(let position?)?: "queued, \(position) before it"
      case .queued(nil)?: "queued"
      // A clip that is all there is still inspected before it counts.
      case .rendering(let done, let all)? where all > 0 && done >= all: "checking"
      case .rendering(_, of: 0)?: "starting"
      case .rendering(let done, let all)?: "\(done)/\(all) frames"
      case .downloading(let bytes, let all?)? where all > 0 && bytes >= all: "checking"
      case .downloading(let bytes, let all?)?:
        "fetching \(Amounts.bytes(bytes)) of \(Amounts.bytes(all))"
      case .downloading(let bytes, nil)?: "fetching \(Amounts.bytes(bytes))"
      case nil: "preparing"
      }
    return row(
      board.title(of: lane.name), RunBoard.fraction(of: lane.progress),
      "\(state)  \(Amounts.elapsed(now - lane.since))", .green)
  }

  private func totals(of board: RunBoard, at now: ContinuousClock.Instant) -> String {
    var state = "\(board.made) of \(board.generate) made"
    if board.failed > 0 { state += ", \(board.failed) failed" }
    if let remaining = board.remaining(at: now) {
      state += "  about \(Amounts.elapsed(remaining)) left"
    }
    return row("all clips", board.fraction, state, .bold)
  }

  /// A name, a bar and a state; the bar gives way to a narrow terminal first, then the name.
  private func row(
    _ name: String, _ fraction: Double, _ state: String, _ paint: TextStyle.Paint
  ) -> String {
    let state = DisplayWidth.harmless(state)
    let room = max(0, style.width - 1 - DisplayWidth.of(state) - 4)
    let nameWidth = min(32, max(8, room - 12))
    let clipped = DisplayWidth.clipped(DisplayWidth.harmless(name), to: nameWidth)
    let padding = String(repeating: " ", count: nameWidth - DisplayWidth.of(clipped))
    let barWidth = min(40, room - nameWidth - 2)
    let bar = barWidth >= 5 ? self.bar(fraction, barWidth, paint) + "  " : ""
    let free = style.width - 1 - 2 - nameWidth - 2 - (barWidth >= 5 ? barWidth + 2 : 0)
    return "  " + clipped + padding + "  " + bar + DisplayWidth.clipped(state, to: max(0, free))
  }

  /// A line without its colours.
  static func unpainted(_ line: String) -> String {
    var text = ""
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if scalar == "\u{1B}" { isEscaped = true }
      if !isEscaped { text.unicodeScalars.append(scalar) }
      if scalar == "m" { isEscaped = false }
    }
    return text
  }

  /// Blocks of an eighth of a column show movement where whole columns would stand still.
  private func bar(_ fraction: Double, _ width: Int, _ paint: TextStyle.Paint) -> String {
    let eighths = Int((fraction * Double(width * 8)).rounded(.down))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let full = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    let rest = width - eighths / 8 - (eighths % 8 > 0 ? 1 : 0)
    return style.paint(full, paint) + style.paint(String(repeating: "·", count: rest), .faint)
  }
}
