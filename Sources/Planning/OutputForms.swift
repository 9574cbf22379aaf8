import KeyreelCore

/// What each output of a film is: the film itself, or something else that is made of it.
struct OutputForms {
  private static let previewWidth = 480

  private let document: PipelineDocument
  private let rate: FrameRate
  private let frames: Int

  init(_ document: PipelineDocument, rate: FrameRate, frames: Int) {
    self.document = document
    self.rate = rate
    self.frames = frames
  }

  /// The constant rate factor of what has to be encoded in the film itself.
  var filmCRF: Int {
    document.film.outputs.first(where: isPlain)?.crf?.value ?? FilmCodec.h264.defaultCRF ?? 16
  }

  /// Where the film itself is written, and everything that is made beside it.
  ///
  /// The film itself is always written, for all others are held against it.
  func outputs(_ names: OutputNames, _ findings: inout Findings) -> (
    films: [String], shown: CaptionUse, others: [FilmOutput]
  ) {
    let rows = CaptionRows(document)
    var (films, others): ([String], [FilmOutput]) = ([], [])
    var shown: CaptionUse?
    let paths = names.outputs(&findings)
    for (output, path) in zip(document.film.outputs, paths) {
      var form = form(of: output, &findings)
      if case .captions = form {
        let row = rows.row(of: output, &findings)
        let language = rows.rows.indices.contains(row) ? rows.rows[row].language : ""
        others.append(.init(path: path, form: .captions(row: row, language: language)))
        continue
      }
      let use = rows.use(of: output, kind(of: output), &findings)
      // The film itself has one choice of captions; another one is another film.
      if form == .film, use != shown ?? use { form = .encoded(.h264, crf: filmCRF) }
      if form == .film {
        films.append(path)
        shown = use
      } else {
        var other = FilmOutput(path: path, form: form)
        other.captions = use
        others.append(other)
      }
    }
    if shown == nil { rows.checkOverlap(rows.usual, at: nil, &findings) }
    films = films.isEmpty ? [names.usual] : films
    others += sidecars(rows, of: films, others, &findings)
    return (films, shown ?? rows.usual, others)
  }

  /// The files of captions beside each film, under its name.
  private func sidecars(
    _ rows: CaptionRows, of films: [String], _ others: [FilmOutput], _ findings: inout Findings
  ) -> [FilmOutput] {
    var taken = Set(films + others.map(\.path))
    let sources = Set(document.references.compactMap(\.value.path))
    let moving = films + others.filter { $0.form.isFilm }.map(\.path)
    var sidecars: [FilmOutput] = []
    for (row, film) in rows.sidecars.flatMap({ row in moving.map { (row, $0) } }) {
      let language = rows.rows[row].language
      let stem = film.dropLast(FilmOutput.ending(of: film).count + 1)
      let path =
        String(stem) + (language == LanguageCode.undetermined ? "" : ".\(language)") + ".srt"
      guard !sources.contains(path) else {
        findings.error(
          "KR0331", "`\(path)` would be written over, but the film is made from it",
          at: rows.rows[row].written?.forms?.span,
          suggestion: "keep the captions elsewhere, such as in `captions/`")
        continue
      }
      // Two films of one name, or an output that is written out already.
      guard taken.insert(path).inserted else { continue }
      sidecars.append(.init(path: path, form: .captions(row: row, language: language)))
    }
    return sidecars
  }

  private func kind(of output: PipelineDocument.Output) -> OutputKind {
    output.kind?.value ?? OutputKind.usual(for: FilmOutput.ending(of: output.file.value)) ?? .film
  }

  /// Whether it is an H.264 mp4.
  private func isPlain(_ output: PipelineDocument.Output) -> Bool {
    FilmOutput.ending(of: output.file.value) == "mp4"
      && (output.codec?.value ?? .h264) == .h264 && (output.kind?.value ?? .film) == .film
  }

  private func form(of output: PipelineDocument.Output, _ findings: inout Findings) -> FilmForm {
    let ending = FilmOutput.ending(of: output.file.value)
    switch kind(of: output) {
    case .film:
      // Whoever wants the same film with other losses wants all of it encoded.
      if isPlain(output), output.crf.map({ $0.value == filmCRF }) ?? true { return .film }
      let codec = output.codec?.value ?? FilmCodec.usual(for: ending) ?? .h264
      return .encoded(codec, crf: codec.crfs == nil ? nil : output.crf?.value ?? codec.defaultCRF)
    case .frames: return .frames
    case .preview: return .preview(width: (output.width?.value ?? Self.previewWidth) & ~1)
    case .poster: return .poster(frame: poster(output.time, &findings))
    case .sheet: return .sheet
    case .captions: return .captions(row: 0, language: "")
    }
  }

  private func poster(_ time: Written<TimeLength>?, _ findings: inout Findings) -> Int {
    guard let time else { return frames / 2 }
    let (numerator, denominator) = time.value.exactFrames(at: rate)
    let frame = numerator / denominator
    if frame >= Int128(frames), !findings.hasErrors {
      findings.error(
        "KR0333", "the film ends before \(time.value.text)", at: time.span,
        suggestion: "it lasts \(rate.secondsText(of: frames))")
    }
    return Int(clamping: min(frame, Int128(max(0, frames - 1))))
  }
}

extension FilmForm {
  /// Whether it is a film that players open.
  fileprivate var isFilm: Bool {
    switch self {
    case .film, .encoded: true
    case .frames, .preview, .poster, .sheet, .captions: false
    }
  }
}
