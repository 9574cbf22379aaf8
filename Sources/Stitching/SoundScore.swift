internal import KeyreelCore
internal import Media
internal import SystemPackage

/// When which sound file is heard in a film, in samples of film time.
struct SoundScore {
  /// Samples in which a sound that is cut somewhere comes or goes, so that nothing clicks: 5 ms.
  private static let edge = SoundFormat.sampleRate / 200

  let timeline: FilmTimeline
  let rate: FrameRate
  let file: (String) throws -> FilePath

  /// Samples of the film.
  var samples: Int { sample(timeline.frames) }

  /// All that is heard, the bed first.
  func parts(_ assembly: Assembly) throws -> [SoundPart] {
    let bed = try assembly.sound.map { [try part($0, in: 0..<timeline.frames)] } ?? []
    return try bed + assembly.pieceSounds.map(part)
  }

  /// The first sample that belongs to film frame `frame`, to the nearest.
  func sample(_ frame: Int) -> Int {
    let numerator = frame * SoundFormat.sampleRate * rate.denominator
    return (2 * numerator + rate.numerator) / (2 * rate.numerator)
  }

  private func part(_ bed: Assembly.SoundBed, in frames: Range<Int>) throws -> SoundPart {
    let range = sample(frames.lowerBound)..<sample(frames.upperBound)
    return SoundPart(
      path: try file(bed.path), range: range, start: SoundFormat.samples(inNanoseconds: bed.start),
      gain: bed.gain, loops: bed.loops, fadeIn: sample(min(bed.fadeIn, frames.count)),
      fadeOut: sample(min(bed.fadeOut, frames.count)))
  }

  private func part(_ sound: Assembly.PieceSound) throws -> SoundPart {
    let spans = timeline.spans[sound.firstPiece..<sound.firstPiece + sound.pieces]
    guard let first = spans.first, let last = spans.last else {
      preconditionFailure("a sound lies under one piece at least")
    }
    let begin = first.range.lowerBound
    let end = last.range.upperBound
    // Frozen edges are mixed around the cut: both are heard as long as both are seen.
    let heard =
      min(begin, first.coming?.lowerBound ?? begin)..<max(end, last.leaving?.upperBound ?? end)
    var part = try part(sound.bed, in: heard)
    part.anchor = sample(sound.isOwn ? first.motion.lowerBound : begin)
    part.followsPictures = sound.isOwn
    part.coming = first.coming.map { sample($0.lowerBound)..<sample($0.upperBound) }
    part.leaving = last.leaving.map { sample($0.lowerBound)..<sample($0.upperBound) }
    let edge = min(Self.edge, part.range.count / 2)
    // What begins where its file begins was meant to begin so.
    if part.coming == nil, part.start > 0 {
      part.coming = part.range.lowerBound..<part.range.lowerBound + edge
    }
    if part.leaving == nil {
      part.leaving = part.range.upperBound - edge..<part.range.upperBound
    }
    return part
  }
}
