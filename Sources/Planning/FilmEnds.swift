import KeyreelCore

/// What holds for the film as a whole: fades, music, encoding.
struct FilmEnds {
  let document: PipelineDocument
  let facts: SourceFacts
  let rate: FrameRate

  private var film: PipelineDocument.Film { document.film }

  func assembly(
    of pieces: [Assembly.Piece], size: PixelSize, _ findings: inout Findings
  ) -> Assembly {
    let fadeIn = frames(film.fadeIn)
    let fadeOut = frames(film.fadeOut)
    let total = pieces.reduce(0) { $0 + $1.filmFrames }
    // A film with mistakes may lack pieces; its length says nothing.
    let room = findings.hasErrors ? Int128.max : Int128(total)
    if fadeIn + fadeOut > room {
      findings.error(
        "KR0324", "the fades take \(fadeIn + fadeOut) frames, the film has \(total)",
        at: film.fadeOut?.span ?? film.fadeIn?.span, suggestion: "shorten them")
    }
    return Assembly(
      size: size, frameRate: rate, pieces: pieces, fadeIn: Int(clamping: fadeIn),
      fadeOut: Int(clamping: fadeOut), sound: sound(room, &findings), crf: crf,
      metadata: film.metadata?.value ?? .minimal, conform: film.conform?.value ?? .accept)
  }

  func frames(_ length: Written<TimeLength>?) -> Int128 {
    guard let length else { return 0 }
    let (numerator, denominator) = length.value.exactFrames(at: rate)
    return (2 * numerator + denominator) / (2 * denominator)
  }

  private func sound(_ room: Int128, _ findings: inout Findings) -> Assembly.SoundBed? {
    film.audio.flatMap { bed($0, room: room, what: "film", &findings) }
  }

  /// A sound file under `what`, which has `room` frames.
  func bed(
    _ audio: PipelineDocument.Audio, room: Int128, what: String, _ findings: inout Findings
  ) -> Assembly.SoundBed? {
    guard let fact = soundFact(audio, &findings) else { return nil }
    let start = nanoseconds(audio.start)
    let length = Int128(fact.samples) * 1_000_000_000 / Int128(max(1, fact.sampleRate))
    if let written = audio.start, start >= length {
      findings.error(
        "KR0327", "`\(audio.file.value)` ends before \(written.value.text)", at: written.span)
    }
    let fadeIn = frames(audio.fadeIn)
    let fadeOut = frames(audio.fadeOut)
    if fadeIn + fadeOut > room {
      findings.error(
        "KR0324",
        "the fades of the music take \(fadeIn + fadeOut) frames, the \(what) has \(room)",
        at: audio.fadeOut?.span ?? audio.fadeIn?.span, suggestion: "shorten them")
    }
    return Assembly.SoundBed(
      path: audio.file.value, digest: fact.digest, start: Int64(clamping: start),
      gain: audio.gain?.value ?? 0, fadeIn: Int(clamping: fadeIn), fadeOut: Int(clamping: fadeOut),
      loops: audio.loops?.value ?? false)
  }

  private func soundFact(
    _ audio: PipelineDocument.Audio, _ findings: inout Findings
  ) -> SoundFact? {
    let file = audio.file
    switch facts.entries[.sound(file.value)] {
    case .success(.sound(let fact))?: return fact
    case .success?:
      findings.error("KR0402", "`\(file.value)` is not a sound file", at: file.span)
    case .failure(let problem)?:
      findings.error(problem.code, problem.message, at: file.span, suggestion: problem.suggestion)
    case nil:
      findings.error("KR0400", "nothing is known of `\(file.value)`", at: file.span)
    }
    return nil
  }

  private func nanoseconds(_ length: Written<TimeLength>?) -> Int128 {
    switch length?.value {
    case .time(let nanoseconds)?: Int128(nanoseconds)
    case .frames(let frames)?:
      Int128(frames) * 1_000_000_000 * Int128(rate.denominator) / Int128(rate.numerator)
    case nil: 0
    }
  }

  /// Of the film itself: the first plain output's, or x264's for what nobody can tell from its source.
  private var crf: Int { OutputForms(document, rate: rate, frames: 0).filmCRF }

  /// What people should know of the film as a whole.
  func remarks(on assembly: Assembly) -> [String] {
    guard let audio = film.audio, audio.loops?.value != true,
      case .success(.sound(let fact))? = facts.entries[.sound(audio.file.value)]
    else { return [] }
    let sound =
      Int128(fact.samples) * 1_000_000_000 / Int128(max(1, fact.sampleRate))
      - nanoseconds(audio.start)
    let picture =
      Int128(assembly.frames) * 1_000_000_000 * Int128(rate.denominator) / Int128(rate.numerator)
    guard sound < picture else { return [] }
    let silence = TimeLength.time(nanoseconds: Int64(picture - sound) / 1_000_000 * 1_000_000)
    return ["the music ends \(silence.text) before the film"]
  }
}
