internal import KeyreelCore

extension EditList {
  /// A sound file in the edit; all places are in frames of the film.
  public struct Sound: Hashable, Sendable {
    /// What people call it.
    public var name: String
    /// The file, as it is to be written: relative to the exported file.
    public var file: String
    /// Frame of the file, counted at the film's rate, that is heard first; to the nearest.
    public var sourceStart: Int
    /// Frames in which it is heard.
    public var frames: Int
    /// 0-based film frame on which it begins.
    public var filmStart: Int
    /// Louder or softer, in hundredths of a decibel.
    public var gain: Int
    /// Frames of straight fade at its beginning.
    public var fadeIn: Int
    /// Frames of straight fade at its end.
    public var fadeOut: Int
    /// Frames at its beginning in which it comes with equal power, while another one goes.
    public var crossIn: Int
    /// Frames at its end in which it goes with equal power.
    public var crossOut: Int
    /// Whether the file begins again when it ends.
    public var loops: Bool

    /// The gain as people write it: `-3.5`.
    var decibels: String {
      let (whole, rest) = gain.magnitude.quotientAndRemainder(dividingBy: 100)
      let digits = rest < 10 ? "0\(rest)" : "\(rest)"
      return "\(gain < 0 ? "-" : "")\(whole).\(digits)"
    }
  }

  /// Everything that is heard in `film`, whose pieces begin at `starts`.
  static func sounds(
    of film: FilmPlan, starts: [Int], file: (String) throws -> String
  ) rethrows -> [Sound] {
    let assembly = film.assembly
    var found: [Sound] = []
    if let bed = assembly.sound {
      found.append(
        sound(bed, "music", file: try file(bed.path), in: 0..<film.frames, rate: film.frameRate))
    }
    for part in assembly.pieceSounds {
      let last = part.firstPiece + part.pieces - 1
      let (first, end) = (assembly.pieces[part.firstPiece], assembly.pieces[last])
      // A piece that overlaps with the next one is heard until it is gone.
      let whole =
        starts[last] + end.filmFrames
        + (end.crossfade.map { $0.handles == .overlap ? $0.frames : 0 } ?? 0)
      var sound = sound(
        part.bed, part.isOwn ? first.label : sequence(of: first.label),
        file: try file(part.bed.path), in: starts[part.firstPiece]..<whole, rate: film.frameRate)
      if part.isOwn { sound.lead(by: first.holdBefore) }
      sound.crossIn = overlap(into: first)
      sound.crossOut =
        last + 1 < assembly.pieces.count ? overlap(into: assembly.pieces[last + 1]) : 0
      found.append(sound)
    }
    return found
  }

  private static func overlap(into piece: Assembly.Piece) -> Int {
    piece.crossfade.map { $0.handles == .overlap ? $0.frames : 0 } ?? 0
  }

  /// The sequence of a segment, `valley` of `valley/dawn-noon`.
  private static func sequence(of label: String) -> String {
    label.split(separator: "/").first.map(String.init) ?? label
  }

  private static func sound(
    _ bed: Assembly.SoundBed, _ name: String, file: String, in range: Range<Int>, rate: FrameRate
  ) -> Sound {
    let numerator = Int128(bed.start) * Int128(rate.numerator)
    let denominator = Int128(rate.denominator) * 1_000_000_000
    return Sound(
      name: name, file: file,
      sourceStart: Int(clamping: (2 * numerator + denominator) / (2 * denominator)),
      frames: range.count, filmStart: range.lowerBound, gain: bed.gain, fadeIn: bed.fadeIn,
      fadeOut: bed.fadeOut, crossIn: 0, crossOut: 0, loops: bed.loops)
  }

  /// Puts `sounds` on as few tracks as there are sounds at the same time, each track in film order.
  var soundTracks: [[Sound]] {
    var tracks: [[Sound]] = []
    for sound in sounds {
      let free = tracks.firstIndex { track in
        guard let last = track.last else { return true }
        return last.filmStart + last.frames <= sound.filmStart
      }
      if let free { tracks[free].append(sound) } else { tracks.append([sound]) }
    }
    return tracks
  }
}

extension EditList.Sound {
  /// Makes the file begin `frames` earlier, as far as there is something before its beginning.
  fileprivate mutating func lead(by frames: Int) {
    let late = max(0, frames - sourceStart)
    sourceStart -= frames - late
    filmStart += late
    self.frames = max(1, self.frames - late)
  }
}
