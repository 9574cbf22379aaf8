import KeyreelCore

/// What is heard under single sequences, and how loud the whole is.
struct FilmSounds {
  private let ends: FilmEnds

  init(_ ends: FilmEnds) { self.ends = ends }

  /// Adds the sounds of `stretches` to `assembly`.
  func add(
    _ stretches: [(outline: SequenceOutline, pieces: Range<Int>)], to assembly: inout Assembly,
    _ findings: inout Findings
  ) {
    for (outline, pieces) in stretches {
      if let own = ownSound(of: outline, pieces, &findings) { assembly.pieceSounds.append(own) }
      guard let sound = outline.sequence.sound else { continue }
      let room = assembly.pieces[pieces].reduce(Int128(0)) { $0 + Int128($1.filmFrames) }
      let bed = ends.bed(sound, room: room, what: "sequence", &findings)
      guard let bed else { continue }
      assembly.pieceSounds.append(
        Assembly.PieceSound(firstPiece: pieces.lowerBound, pieces: pieces.count, bed: bed))
    }
    guard let loudness = ends.document.film.loudness else { return }
    guard assembly.hasSound || findings.hasErrors else {
      findings.error(
        "KR0332", "nothing is heard in the film, so it has no `loudness`", at: loudness.span,
        suggestion: "name a sound file, or write `own_sound: keep`")
      return
    }
    assembly.loudness = loudness.value
  }

  /// What an existing clip itself sounds like, from where it is cut.
  private func ownSound(
    of outline: SequenceOutline, _ pieces: Range<Int>, _ findings: inout Findings
  ) -> Assembly.PieceSound? {
    guard case .footage(let footage) = outline.content, !pieces.isEmpty else { return nil }
    let written = outline.sequence.ownSound
    guard (written ?? ends.document.film.ownSound)?.value == .keep else { return nil }
    guard footage.fact.hasSound else {
      if let written {
        findings.error(
          "KR0332", "`\(footage.path)` has no sound that could be kept", at: written.span,
          suggestion: "delete it, or name a file with `sound`")
      }
      return nil
    }
    let rate = footage.fact.frameRate
    let start =
      Int128(footage.start) * 1_000_000_000 * Int128(rate.denominator) / Int128(rate.numerator)
    return Assembly.PieceSound(
      firstPiece: pieces.lowerBound, pieces: pieces.count,
      bed: Assembly.SoundBed(
        path: footage.path, digest: footage.fact.digest, start: Int64(clamping: start)),
      isOwn: true)
  }
}
