public import KeyreelCore

/// Shows diagnostics with their place, the source line and a caret under what is meant.
public struct DiagnosticRenderer: Sendable {
  private let lines: [String: [Substring]]
  private let style: TextStyle

  /// A renderer that quotes from `sources`: whole texts by the file names that diagnostics use.
  public init(sources: [String: String], style: TextStyle = .plain) {
    lines = sources.mapValues { text in
      text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }
    self.style = style
  }

  /// Warnings of one code that are shown in full; the rest of them is counted.
  private static let shownAlike = 3

  /// All errors and the first warnings of each code, a blank line between them, and how many there are.
  public func text(for diagnostics: [Diagnostic]) -> String {
    guard !diagnostics.isEmpty else { return "" }
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    let counts = [
      errors > 0 ? Amounts.count(errors, "error") : nil,
      warnings > 0 ? Amounts.count(warnings, "warning") : nil,
    ].compactMap(\.self)
    return folded(diagnostics).joined(separator: "\n") + "\n"
      + style.paint(counts.joined(separator: ", "), .bold) + "\n"
  }

  /// The texts of `diagnostics`; behind the last of one code's that is shown stands how many follow.
  private func folded(_ diagnostics: [Diagnostic]) -> [String] {
    let warnings = diagnostics.filter { $0.severity == .warning }
    let alike = Dictionary(grouping: warnings, by: \.code).mapValues(\.count)
    var shown: [String: Int] = [:]
    return diagnostics.compactMap { diagnostic in
      // A single one takes no more room than a line that counts it.
      guard diagnostic.severity == .warning, let count = alike[diagnostic.code],
        count > Self.shownAlike + 1
      else { return text(for: diagnostic) }
      shown[diagnostic.code, default: 0] += 1
      return switch shown[diagnostic.code, default: 0] {
      case ..<Self.shownAlike: text(for: diagnostic)
      case Self.shownAlike:
        text(for: diagnostic) + "  "
          + style.paint("and \(count - Self.shownAlike) more like this", .faint) + "\n"
      default: nil
      }
    }
  }

  /// One diagnostic, with a line end at the end.
  public func text(for diagnostic: Diagnostic) -> String {
    let word =
      diagnostic.severity == .error
      ? style.paint("error[\(diagnostic.code)]", .bold, .red)
      : style.paint("warning[\(diagnostic.code)]", .bold, .yellow)
    var result = [
      "\(place(diagnostic.file, diagnostic.span)): \(word): "
        + style.paint(DisplayWidth.harmless(diagnostic.message), .bold)
    ]
    if let span = diagnostic.span {
      result += quote(diagnostic.file, span, diagnostic.severity == .error ? .red : .yellow)
    }
    for note in diagnostic.notes {
      result.append("  note: \(DisplayWidth.harmless(note.message))")
      if let span = note.span { result += quote(diagnostic.file, span, .cyan) }
    }
    if let suggestion = diagnostic.suggestion {
      result.append("  " + style.paint("help", .green) + ": \(DisplayWidth.harmless(suggestion))")
    }
    return result.joined(separator: "\n") + "\n"
  }

  private func place(_ file: String, _ span: SourceSpan?) -> String {
    let name = DisplayWidth.harmless(file)
    return span.map { "\(name):\($0.start.line):\($0.start.column)" } ?? name
  }

  private func quote(_ file: String, _ span: SourceSpan, _ color: TextStyle.Paint) -> [String] {
    guard let lines = lines[file], lines.indices.contains(span.start.line - 1) else { return [] }
    let number = String(span.start.line)
    let margin = String(repeating: " ", count: max(5, number.count))
    let gutter = String(margin.dropLast(number.count)) + number
    let quoted = QuotedLine(
      lines[span.start.line - 1], span, room: max(20, style.width - margin.count - 3))
    return [
      style.paint("\(gutter) |", .faint) + " " + quoted.text,
      style.paint("\(margin) |", .faint) + " " + String(repeating: " ", count: quoted.indent)
        + style.paint("^" + String(repeating: "~", count: quoted.underline - 1), .bold, color),
    ]
  }
}

/// The part of a source line that is shown, and where the mark under it stands.
private struct QuotedLine {
  private(set) var text = ""
  private(set) var indent = 0
  private(set) var underline = 1

  /// Cuts a window of at most `room` columns out of `line`, so that the marked text is in view.
  init(_ line: Substring, _ span: SourceSpan, room: Int) {
    // Machines write lines of a megabyte: only what may come into view is looked at.
    let reach = 4 * room
    let skipped = max(0, span.start.column - 1 - reach)
    let near = line.unicodeScalars.dropFirst(skipped)
    let cells = near.prefix(3 * reach).map { String(DisplayWidth.harmless($0)) }
    let isCutShort = near.dropFirst(cells.count).first != nil
    let widths = cells.map(DisplayWidth.of)
    let start = min(max(0, span.start.column - 1 - skipped), cells.count)
    let isOneLine = span.end.line == span.start.line
    let end = max(
      start, min(isOneLine ? span.end.column - 1 - skipped : cells.count, cells.count))
    func columns(_ range: Range<Int>) -> Int { widths[range].reduce(0, +) }

    // A long line slides to the left until the mark, or its beginning, is in view.
    let needed = min(columns(start..<end), room / 2)
    var left = start
    var before = 0
    while left > 0, before + widths[left - 1] + needed + 2 <= room {
      left -= 1
      before += widths[left]
    }
    let isLeftCut = left > 0 || skipped > 0
    var right = left
    var used = isLeftCut ? 1 : 0
    while right < cells.count,
      used + widths[right] <= room - (right < cells.count - 1 || isCutShort ? 1 : 0)
    {
      used += widths[right]
      right += 1
    }
    let isRightCut = right < cells.count || isCutShort
    text = (isLeftCut ? "…" : "") + cells[left..<right].joined() + (isRightCut ? "…" : "")
    indent = columns(left..<start) + (isLeftCut ? 1 : 0)
    underline = max(1, columns(start..<max(start, min(end, right))))
  }
}
