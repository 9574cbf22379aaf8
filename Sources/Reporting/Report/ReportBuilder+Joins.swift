import KeyreelCore

extension ReportBuilder {
  /// The joins of a film whose pieces begin at `starts`; `found` is what its manifest says of them.
  func joins(
    _ film: FilmPlan, _ starts: [Int], _ found: [JoinVerdict]
  ) -> [ReportDocument.Join] {
    let pieces = film.assembly.pieces
    let joins = pieces.indices.dropFirst().map { place in
      let (left, right) = (pieces[place - 1], pieces[place])
      let (kind, treatment) = Self.treatment(left, right)
      let verdict = found.indices.contains(place - 1) ? found[place - 1] : nil
      let isMeant = verdict?.place.before == left.label && verdict?.place.after == right.label
      return ReportDocument.Join(
        left: left.label, right: right.label, kind: kind, filmFrame: starts[place],
        time: Amounts.timecode(starts[place], at: film.frameRate), treatment: treatment,
        verdict: isMeant ? verdict.map { self.verdict($0) } : nil)
    }
    // A film that loops has one join more.
    guard found.count == pieces.count, let closing = found.last else { return joins }
    let frame = closing.place.frame
    return joins + [
      ReportDocument.Join(
        left: closing.place.before, right: closing.place.after, kind: closing.place.kind,
        filmFrame: frame, time: Amounts.timecode(frame, at: film.frameRate),
        treatment: "the film's end meets its beginning when it is played in a loop",
        verdict: verdict(closing))
    ]
  }

  private static func treatment(
    _ left: Assembly.Piece, _ right: Assembly.Piece
  ) -> (JoinKind, String) {
    if let fade = right.crossfade {
      let length = Amounts.count(fade.frames, "frame")
      return (
        .crossfade,
        fade.handles == .overlap
          ? "crossfade of \(length): the film is that much shorter"
          : "crossfade of \(length) over frozen edges: the film keeps its length"
      )
    }
    let held = left.holdAfter + right.holdBefore
    if held > 0 {
      return (.held, "the keyframe is held for \(Amounts.count(held, "more frame"))")
    }
    if left.dropsLast {
      return (.chained, "both have the keyframe: it is shown once, the earlier one is left out")
    }
    return (.cut, "a cut: nothing is left out, nothing is touched")
  }

  // MARK: Verdicts

  private func verdict(_ verdict: JoinVerdict) -> ReportDocument.Join.Verdict {
    let strip = ReportMedia.stripName(of: verdict)
    let isJudged = [.chained, .held].contains(verdict.place.kind)
    let finding = JoinText(verdict).finding
    return ReportDocument.Join.Verdict(
      isClean: verdict.isClean,
      summary: !isJudged ? "as meant" : finding.isEmpty ? "nothing to be seen" : finding,
      figures: isJudged ? Self.figures(verdict.figures) : [],
      strip: sources.media.contains(strip) ? strip : nil)
  }

  /// Steps are 8-bit steps of the picture's values.
  private static func figures(_ figures: JoinFigures) -> [ReportDocument.Join.Figure] {
    var rows: [ReportDocument.Join.Figure] = [
      .init(
        "motion before, across, after",
        [figures.motionBefore, figures.motionAcross, figures.motionAfter].map(number)
          .joined(separator: " · ")),
      .init("stall", "\(number(figures.stall)) frames"),
      .init("equal frames", "\(figures.duplicates)"),
      .init("luma step", number(figures.lumaStep)),
      .init("colour step", number(figures.chromaStep)),
      .init("sharpness step", number(figures.sharpnessStep)),
    ]
    if let keyframe = figures.keyframe {
      rows.append(
        .init(
          "luma from the keyframe",
          "\(number(keyframe.lumaBefore)) before, \(number(keyframe.lumaAfter)) after"))
    }
    return rows
  }

  /// With two decimals.
  private static func number(_ value: Double) -> String {
    let hundredths = Int((value.magnitude * 100).rounded())
    let rest = hundredths % 100
    let sign = value < 0 && hundredths > 0 ? "-" : ""
    return "\(sign)\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
