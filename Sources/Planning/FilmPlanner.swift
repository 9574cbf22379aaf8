import KeyreelCore

/// Plans the film of one document.
struct FilmPlanner {
  let document: PipelineDocument
  let facts: SourceFacts
  let models: [String: Model]
  let defaultModel: String
  let backend: BackendIdentity
  /// The clips that segments of this film keep, by the segments' ids.
  let locks: [String: ClipLock]
  var findings: Findings

  init(
    document: PipelineDocument, facts: SourceFacts, models: [String: Model],
    defaultModel: String, backend: BackendIdentity, locks: [ClipLock]
  ) {
    let name = OutputNames(document).filmName
    self.locks = Dictionary(
      locks.filter { $0.film == name && $0.holds(on: backend) }.map { ($0.segment, $0) },
      uniquingKeysWith: { first, _ in first })
    self.document = document
    self.facts = facts
    self.models = models
    self.defaultModel = defaultModel
    self.backend = backend
    findings = Findings(file: document.displayPath)
  }

  /// The film; `nil` when anything is wrong, which ``findings`` tell.
  mutating func plan() -> FilmPlan? {
    let outlines = outlines()
    checkNames(of: outlines)
    var names = SegmentNames(outlines, &findings)
    guard let format = FilmFormat(document.film, outlines, &findings) else {
      // No times can be worked out; what does not depend on them is still checked.
      _ = FilmEnds(document: document, facts: facts, rate: .thirty).assembly(
        of: [], size: PixelSize(width: 16, height: 16), &findings)
      _ = OutputNames(document).outputs(&findings)
      return nil
    }
    Preflight(
      filmSize: format.size,
      hasAudio: document.film.audio != nil || document.film.ownSound != nil
    )
    .check(outlines, &findings)
    var cut = FilmCut(rate: format.rate)
    for (index, outline) in outlines.enumerated() {
      add(outline, isLast: index == outlines.count - 1, format, &names, to: &cut)
    }
    let ends = FilmEnds(document: document, facts: facts, rate: format.rate)
    var assembly = ends.assembly(of: cut.pieces, size: format.size, &findings)
    FilmSounds(ends).add(cut.stretches, to: &assembly, &findings)
    FilmTexts(document: document, facts: facts, rate: format.rate)
      .add(cut.stretches, to: &assembly, &findings)
    if cut.stretches.count > 1 {
      assembly.chapters = cut.stretches.map {
        .init(piece: $0.pieces.lowerBound, title: $0.outline.name)
      }
    }
    let outputs = OutputForms(document, rate: format.rate, frames: assembly.frames)
      .outputs(OutputNames(document), &findings)
    guard !findings.hasErrors else { return nil }
    assembly.captionUse = outputs.shown
    var film = FilmPlan(
      name: OutputNames(document).filmName, size: format.size, frameRate: format.rate,
      frames: assembly.frames, keyframes: cut.keyframes, segments: cut.segments,
      assembly: assembly, outputs: outputs.films,
      remarks: cut.remarks + ends.remarks(on: assembly)
        + PictureRemarks(filmSize: format.size).remarks(on: outlines, cut.segments))
    film.companions = outputs.others
    return film
  }

  private mutating func outlines() -> [SequenceOutline] {
    if document.sequences.isEmpty {
      findings.error(
        "KR0319", "there are no sequences", at: nil,
        suggestion: "add `sequences:` with a list of keyframes")
    }
    let outliner = Outliner(
      document: document, facts: facts, models: models, defaultModel: defaultModel,
      pictures: PictureTable(document, facts: facts, &findings))
    var outlines: [SequenceOutline] = []
    for (index, sequence) in document.sequences.enumerated() {
      outlines.append(outliner.outline(sequence, place: index + 1, &findings))
    }
    return outlines
  }

  private mutating func checkNames(of outlines: [SequenceOutline]) {
    var places: [String: SourceSpan] = [:]
    for outline in outlines {
      let span = outline.sequence.name?.span ?? outline.sequence.span
      if let first = places[outline.name] {
        findings.error(
          "KR0317", "two sequences are called `\(outline.name)`", at: span,
          suggestion: "give each sequence a `name:` of its own",
          notes: [Diagnostic.Note("the first one is here", at: first)])
      } else {
        places[outline.name] = span
      }
    }
  }

  private mutating func add(
    _ outline: SequenceOutline, isLast: Bool, _ format: FilmFormat, _ names: inout SegmentNames,
    to cut: inout FilmCut
  ) {
    switch outline.content {
    case .broken: break
    case .footage(let footage): cut.add(footage, outline, &findings)
    case .still(let still): cut.add(still, outline, size: format.size, &findings)
    case .chain(let partial):
      let timing = ChainTimer(chain: partial, rate: format.rate).timing(&findings)
      // Keys are the dear part; a plan with mistakes is never shown, so it needs none.
      guard !findings.hasErrors, let timing, let chain = partial.complete else { return }
      let planner = ChainPlanner(
        outline: outline, chain: chain, timing: timing, backend: backend,
        conform: document.film.conform?.value ?? .accept, locks: locks)
      cut.add(
        planner.segments(&names), chain, timing, outline, dropsClosing: isLast && chain.loops,
        &findings)
    }
  }
}
