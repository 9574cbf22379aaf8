import KeyreelCore

/// Captions and titles of one film, placed on its frames.
struct FilmTexts {
  let document: PipelineDocument
  let facts: SourceFacts
  let rate: FrameRate

  /// A caption with the place that an author looks for when it is wrong.
  struct Placed {
    var cue: Assembly.Cue
    var frames: Range<Int>
    var span: SourceSpan
    /// What it is called: the line of a file, or nothing.
    var name = "the caption"
  }

  /// Adds what is said and told in `stretches`, and in the film as a whole, to `assembly`.
  func add(
    _ stretches: [(outline: SequenceOutline, pieces: Range<Int>)], to assembly: inout Assembly,
    _ findings: inout Findings
  ) {
    guard !findings.hasErrors else {
      // Without its pieces nothing of a film has a place, but files can be told to be missing.
      for row in document.film.captions { tellProblem(of: row.file, &findings) }
      return
    }
    let marks = SequenceMarks(assembly: assembly, stretches: stretches, rate: rate)
    let authored = marks.captions(&findings)
    for (index, row) in CaptionRows(document).rows.enumerated() {
      var placed = index == 0 ? authored : []
      if let written = row.written {
        placed += written.cues.compactMap { film($0, assembly, &findings) }
        if let file = written.file { placed += cues(of: file, assembly, &findings) }
      }
      if let written = row.written, written.file == nil, written.cues.isEmpty,
        index > 0 || !document.sequences.contains(where: \.hasCaption)
      {
        findings.error(
          "KR0334", "this row has no captions", at: written.span,
          suggestion: "give it a `file` or `cues`, or write `caption:` at sequences and keyframes")
      }
      placed.sort { $0.frames.lowerBound < $1.frames.lowerBound }
      checkOverlap(placed, &findings)
      var captions = Assembly.CaptionRow(
        language: row.language, cues: placed.map(\.cue),
        look: look(row.written?.look, size: TextLook.captionSize, position: .bottom, &findings))
      captions.file = row.written?.file?.value
      assembly.captions.append(captions)
    }
    for title in document.film.titles {
      guard let placed = film(title.cue, assembly, &findings) else { continue }
      add(title, placed, to: &assembly, &findings)
    }
    for (title, placed) in marks.titles(&findings) {
      add(title, placed, to: &assembly, &findings)
    }
    let (ranges, frames) = (assembly.plannedRanges, assembly.frames)
    assembly.titles.sort {
      $0.cue.start.frame(in: ranges, of: frames) < $1.cue.start.frame(in: ranges, of: frames)
    }
  }

  /// A caption by film time.
  private func film(
    _ cue: PipelineDocument.Cue, _ assembly: Assembly, _ findings: inout Findings
  ) -> Placed? {
    let times = FrameTimes(rate: rate)
    let start = times.frame(cue.start.map { [$0.value] } ?? [])
    let end = times.frame([cue.start, cue.duration].compactMap { $0?.value })
    return Self.placed(
      cue.text.value, start..<max(start, end), of: assembly.frames, rate, at: cue.text.span,
      "the caption", &findings)
  }

  private func tellProblem(of file: Written<String>?, _ findings: inout Findings) {
    guard let file, case .failure(let problem)? = facts.entries[.captions(file.value)] else {
      return
    }
    findings.error(problem.code, problem.message, at: file.span, suggestion: problem.suggestion)
  }

  private func cues(
    of file: Written<String>, _ assembly: Assembly, _ findings: inout Findings
  ) -> [Placed] {
    switch facts.entries[.captions(file.value)] {
    case .success(.captions(let fact))?:
      if fact.formatted > 0 {
        findings.warning(
          "KR0425",
          "`\(file.value)` has formatting in \(fact.formatted) of its captions, which is left out",
          at: file.span, suggestion: "delete its tags; `position` and `look` are set here")
      }
      return fact.cues.compactMap { cue in
        let times = FrameTimes(rate: rate)
        let (start, end) = (
          times.frame(milliseconds: cue.start), times.frame(milliseconds: cue.end)
        )
        return Self.placed(
          cue.text, start..<max(start, end), of: assembly.frames, rate, at: file.span,
          "`\(file.value)`, line \(cue.line): the caption", &findings)
      }
    case .success?:
      findings.error("KR0402", "`\(file.value)` is no file of captions", at: file.span)
    case .failure?: tellProblem(of: file, &findings)
    case nil:
      findings.error("KR0400", "nothing is known of `\(file.value)`", at: file.span)
    }
    return []
  }

  /// Words on film frames; told and `nil` where they have none.
  static func placed(
    _ text: String, _ frames: Range<Int>, of total: Int, _ rate: FrameRate, at span: SourceSpan,
    _ name: String, _ findings: inout Findings
  ) -> Placed? {
    guard frames.upperBound <= total else {
      findings.error(
        "KR0336",
        "\(name) would be seen until \(rate.secondsText(of: frames.upperBound)), "
          + "the film ends at \(rate.secondsText(of: total))", at: span,
        suggestion: "let it end earlier")
      return nil
    }
    guard !frames.isEmpty else {
      findings.error(
        "KR0337", "\(name) is shorter than a frame, so nobody would see it", at: span,
        suggestion: "give it a longer `duration`")
      return nil
    }
    return Placed(
      cue: .init(
        text.trimmingLineEnds, start: FilmMark(offset: frames.lowerBound),
        end: FilmMark(offset: frames.upperBound)),
      frames: frames, span: span, name: name)
  }

  private func checkOverlap(_ placed: [Placed], _ findings: inout Findings) {
    for (before, after) in zip(placed, placed.dropFirst())
    where after.frames.lowerBound < before.frames.upperBound {
      findings.error(
        "KR0335",
        "\(after.name) comes at \(rate.secondsText(of: after.frames.lowerBound)), while "
          + "“\(before.cue.text.shortLine)” is seen until "
          + rate.secondsText(of: before.frames.upperBound),
        at: after.span, suggestion: "let one end before the other, or make one of both",
        notes: before.span == after.span
          ? [] : [Diagnostic.Note("the other one is here", at: before.span)])
    }
  }

  private func add(
    _ title: PipelineDocument.Title, _ placed: Placed, to assembly: inout Assembly,
    _ findings: inout Findings
  ) {
    let times = FrameTimes(rate: rate)
    let fadeIn = times.frame(title.fadeIn.map { [$0.value] } ?? [])
    let fadeOut = times.frame(title.fadeOut.map { [$0.value] } ?? [])
    if fadeIn + fadeOut > placed.frames.count {
      findings.error(
        "KR0324",
        "the fades of the title take \(fadeIn + fadeOut) frames, it is seen on "
          + "\(placed.frames.count)", at: title.fadeOut?.span ?? title.fadeIn?.span,
        suggestion: "shorten them")
    }
    assembly.titles.append(
      .init(
        placed.cue,
        look: look(title.look, size: TextLook.titleSize, position: .middle, &findings),
        fadeIn: fadeIn, fadeOut: fadeOut))
  }

  private func look(
    _ written: PipelineDocument.Look?, size: Int, position: TextPosition,
    _ findings: inout Findings
  ) -> TextLook {
    let fonts = (written?.fonts ?? []).compactMap { font($0, &findings) }
    return TextLook(
      fonts: fonts.isEmpty ? [TextFont(name: TextLook.usualFont)] : fonts,
      size: written?.size?.value ?? size, position: written?.position?.value ?? position,
      ground: written?.ground?.value ?? .outline)
  }

  private func font(
    _ written: Written<PipelineDocument.FontName>, _ findings: inout Findings
  ) -> TextFont? {
    guard case .file(let path) = written.value else {
      if case .family(let name) = written.value { return TextFont(name: name) }
      return nil
    }
    switch facts.entries[.font(path)] {
    case .success(.font(let digest))?: return TextFont(name: path, digest: digest)
    case .success?: findings.error("KR0402", "`\(path)` is no font", at: written.span)
    case .failure(let problem)?:
      findings.error(
        problem.code, problem.message, at: written.span, suggestion: problem.suggestion)
    case nil: findings.error("KR0400", "nothing is known of `\(path)`", at: written.span)
    }
    return nil
  }
}

/// Times in film frames, rounded to the nearest once.
struct FrameTimes {
  let rate: FrameRate

  /// The sum of `lengths`.
  func frame(_ lengths: [TimeLength]) -> Int {
    let unit = 1_000_000_000 * Int128(rate.denominator)
    let sum = lengths.reduce(Int128(0)) { sum, length in
      let (numerator, denominator) = length.exactFrames(at: rate)
      return sum + numerator * (denominator == 1 ? unit : 1)
    }
    return Int(clamping: (2 * sum + unit) / (2 * unit))
  }

  func frame(milliseconds: Int) -> Int {
    frame([.time(nanoseconds: Int64(clamping: milliseconds) * 1_000_000)])
  }
}

extension String {
  /// The text without line ends behind it, which block scalars (`|`) leave there.
  var trimmingLineEnds: String {
    var text = self
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }

  /// The beginning, on one line, for messages.
  var shortLine: String {
    let line = String(map { $0.isNewline ? " " : $0 })
    return line.count <= 32 ? line : line.prefix(31) + "…"
  }
}
