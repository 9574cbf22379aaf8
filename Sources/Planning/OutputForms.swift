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
    films: [String], others: [FilmOutput]
  ) {
    var (films, others): ([String], [FilmOutput]) = ([], [])
    let paths = names.outputs(&findings)
    for (output, path) in zip(document.film.outputs, paths) {
      let form = form(of: output, &findings)
      if form == .film { films.append(path) } else { others.append(.init(path: path, form: form)) }
    }
    return (films.isEmpty ? [names.usual] : films, others)
  }

  /// Whether it is an H.264 mp4.
  private func isPlain(_ output: PipelineDocument.Output) -> Bool {
    FilmOutput.ending(of: output.file.value) == "mp4"
      && (output.codec?.value ?? .h264) == .h264 && (output.kind?.value ?? .film) == .film
  }

  private func form(of output: PipelineDocument.Output, _ findings: inout Findings) -> FilmForm {
    let ending = FilmOutput.ending(of: output.file.value)
    switch output.kind?.value ?? OutputKind.usual(for: ending) ?? .film {
    case .film:
      // Whoever wants the same film with other losses wants all of it encoded.
      if isPlain(output), output.crf.map({ $0.value == filmCRF }) ?? true { return .film }
      let codec = output.codec?.value ?? FilmCodec.usual(for: ending) ?? .h264
      return .encoded(codec, crf: codec.crfs == nil ? nil : output.crf?.value ?? codec.defaultCRF)
    case .frames: return .frames
    case .preview: return .preview(width: (output.width?.value ?? Self.previewWidth) & ~1)
    case .poster: return .poster(frame: poster(output.time, &findings))
    case .sheet: return .sheet
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
