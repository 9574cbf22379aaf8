extension Assembly {
  /// A sound file as it is laid under a film.
  public struct SoundBed: Hashable, Sendable, Codable {
    /// The file, relative to the project root.
    public var path: String
    /// Digest of the file's bytes.
    public var digest: Digest
    /// Where in the file it begins, in nanoseconds.
    public var start: Int64
    /// Louder or softer, in hundredths of a decibel.
    public var gain: Int
    /// Film frames of fade at the beginning.
    public var fadeIn: Int
    /// Film frames of fade at the end.
    public var fadeOut: Int
    /// Whether it begins again, at ``start``, when the file ends.
    public var loops: Bool

    /// Sound from `path`.
    public init(
      path: String, digest: Digest, start: Int64 = 0, gain: Int = 0, fadeIn: Int = 0,
      fadeOut: Int = 0, loops: Bool = false
    ) {
      self.path = path
      self.digest = digest
      self.start = start
      self.gain = gain
      self.fadeIn = fadeIn
      self.fadeOut = fadeOut
      self.loops = loops
    }

    func write(to text: inout JSONText) { text.object { writeMembers(to: &$0) } }

    fileprivate func writeMembers(to text: inout JSONText) {
      text.key("sound")
      text.value(digest.hex)
      text.key("start")
      text.value(Int(start))
      text.key("gain")
      text.value(gain)
      text.key("fades")
      text.array {
        $0.value(fadeIn)
        $0.value(fadeOut)
      }
      if loops {
        text.key("loops")
        text.value(true)
      }
    }
  }

  /// Sound that belongs to some pieces in a row: a sequence's file, or what an existing clip sounds like.
  ///
  /// It begins and ends with the first and last of these pieces; where they are crossfaded, so is it,
  /// with equal power.
  public struct PieceSound: Hashable, Sendable, Codable {
    /// 0-based index of the first piece.
    public var firstPiece: Int
    /// How many pieces it lies under.
    public var pieces: Int
    /// The file and how loud it is; fades count from the sequence's ends.
    public var bed: SoundBed
    /// Whether the file is the clip itself, so that its sound stays with its pictures.
    public var isOwn: Bool

    /// `bed` under `pieces` pieces from `firstPiece` on.
    public init(firstPiece: Int, pieces: Int, bed: SoundBed, isOwn: Bool = false) {
      self.firstPiece = firstPiece
      self.pieces = pieces
      self.bed = bed
      self.isOwn = isOwn
    }

    func write(to text: inout JSONText) {
      text.object { text in
        text.key("pieces")
        text.array {
          $0.value(firstPiece)
          $0.value(pieces)
        }
        text.key("own")
        text.value(isOwn)
        bed.writeMembers(to: &text)
      }
    }
  }

  /// Whether anything is heard in the film.
  public var hasSound: Bool { sound != nil || !pieceSounds.isEmpty }

  /// All sound files, the bed first.
  public var soundBeds: [SoundBed] { (sound.map { [$0] } ?? []) + pieceSounds.map(\.bed) }

  /// What the film's key says of sounds beside the bed; nothing when there are none.
  func writeSounds(to text: inout JSONText) {
    if !pieceSounds.isEmpty {
      text.key("piece_sounds")
      text.array { text in for sound in pieceSounds { sound.write(to: &text) } }
    }
    if let loudness {
      text.key("loudness")
      text.value(loudness)
    }
  }
}
