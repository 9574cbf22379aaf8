import KeyreelCore

/// The lines that stay: what happened, told once, in a terminal and in a log alike.
struct RunLines {
  let style: TextStyle
  /// Where clips are kept, for the last word.
  let storePath: String?

  /// The line for `event` on `board`, which knows of the event already; `nil` when it is not worth one.
  func line(for event: RunEvent, on board: RunBoard) -> String? {
    switch event {
    case .started(_, let generate, let reuse, let cost, let currency):
      let price = cost == .free ? "" : ", \(Amounts.range(cost, currency))"
      if generate > 0 {
        return "\(Amounts.count(generate, "clip")) to make, \(reuse) in the store\(price)"
      }
      return switch reuse {
      case 0: "no clips to make"
      case 1: "the one clip is in the store"
      default: "all \(reuse) clips are in the store"
      }
    case .waiting(let name):
      return "waiting for \(board.title(of: name)), which another process makes"
    case .takeCommitted(let name, _, let inspection, let elapsed):
      return
        "\(style.paint("made", .green)) \(board.title(of: name))  \(inspection.frames) frames in "
        + "\(Amounts.elapsed(elapsed))  (\(board.made) of \(board.generate))"
    case .takeFailed(let name, let error):
      return failure("\(board.title(of: name)): ", error)
    case .takeSkipped(let name, let reason):
      return
        "\(style.paint("skipped", .yellow)) \(board.title(of: name)): \(DisplayWidth.harmless(reason))"
    case .filmFailed(let film, let error):
      return failure("film \(DisplayWidth.harmless(film)): ", error)
    case .remark(let remark): return DisplayWidth.harmless(remark)
    case .warning(let warning):
      return "\(style.paint("warning", .bold, .yellow)) \(DisplayWidth.harmless(warning))"
    case .joinMeasured(_, let verdict):
      guard !verdict.isClean || !verdict.remedies.isEmpty else { return nil }
      let word =
        verdict.isClean ? style.paint("mended", .green) : style.paint("join", .bold, .yellow)
      return "\(word) \(DisplayWidth.harmless(JoinText(verdict).line))"
    case .takeStarted, .takeProgress, .takeReused, .stitching, .filmPublished, .finished:
      return nil
    }
  }

  private func failure(_ what: String, _ error: OperationError) -> String {
    "\(style.paint("failed", .bold, .red)) \(what)\(ErrorText(error, style: style).body)"
  }

  /// Planned, spent, saved, unknown; of free clips only what they cost.
  private func cost(_ summary: RunSummary) -> String {
    let currency = summary.currency
    var cost = "cost  "
    if summary.planned != .free {
      cost += "planned \(Amounts.money(summary.planned.expected, currency)), spent "
    }
    cost += Amounts.range(summary.spent, currency)
    if summary.saved != .free {
      cost += "; reuse saved \(Amounts.money(summary.saved.expected, currency))"
    }
    if summary.unknown != .free {
      cost +=
        "; "
        + style.paint(
          "unknown: up to \(Amounts.money(summary.unknown.worst, currency)) more may be billed",
          .yellow)
    }
    return cost
  }

  /// The last words of a run.
  func summary(_ summary: RunSummary, _ board: RunBoard) -> [String] {
    var lines = board.published.map { film in
      let seconds = Amounts.elapsed(film.duration)
      let name = "\(style.paint("film", .bold, .green))  \(style.paint(film.path, .bold))"
      // A text has no frames, and no joins.
      if OutputKind.usual(for: FilmOutput.ending(of: film.path)) == .captions {
        return name + "  captions" + (film.reused ? ", unchanged" : "")
      }
      return "\(name)  \(seconds), "
        + "\(film.frames) frames\(film.reused ? ", unchanged" : "")"
        + (board.joins[film.name].flatMap(\.text).map { ", \($0)" } ?? "")
    }
    var counts = "clips \(summary.made) made, \(summary.reused) reused"
    if summary.failed > 0 { counts += ", " + style.paint("\(summary.failed) failed", .red) }
    if summary.skipped > 0 { counts += ", \(summary.skipped) not tried" }
    lines.append(counts + ", in \(Amounts.elapsed(.milliseconds(summary.milliseconds)))")
    lines.append(cost(summary))
    if let storePath { lines.append("store \(storePath)") }
    if summary.wasInterrupted {
      lines.append(last(of: summary))
    } else if summary.failed + summary.skipped > 0 {
      // What failed may fail again: a strict film refuses the same clip until the pipeline changes.
      lines.append(
        "finished clips are kept: put right what failed, then run the same command again")
    }
    return lines
  }

  /// How to go on after a run that was stopped.
  private func last(of summary: RunSummary) -> String {
    switch summary.leftToCollect {
    case 0: "stopped; finished clips are kept: run the same command again to go on"
    case let bought:
      "stopped; finished clips are kept, and \(Amounts.count(bought, "clip")) that "
        + "\(bought == 1 ? "is" : "are") bought stand in the store: run the same command again, with "
        + "the same store, to collect \(bought == 1 ? "it" : "them")"
    }
  }
}
