/// The cut list of one film: pieces in film order and what happens around them.
///
/// With `d` frames dropped, `h` holds and `c` crossfade overlaps,
/// `frames(film) = Σ piece.frames − d + h − c`. The stitcher needs nothing but this value and the
/// files it names.
public struct Assembly: Hashable, Sendable, Codable {
  /// Picture size of the film.
  public var size: PixelSize
  /// Frames per second of the film.
  public var frameRate: FrameRate
  /// The pieces in film order.
  public var pieces: [Piece]
  /// Frames of fade from black at the beginning.
  public var fadeIn: Int
  /// Frames of fade to black at the end.
  public var fadeOut: Int
  /// Music under the film.
  public var sound: SoundBed?
  /// Where the film's chapters begin, in film order; none for a film of one sequence.
  public var chapters: [Chapter] = []
  /// Sounds of sequences, in film order.
  public var pieceSounds: [PieceSound] = []
  /// How loud the film's sound is to be, in hundredths of LUFS; `nil`: as it is.
  public var loudness: Int?
  /// Captions, a row for each language, the first one that of the sequences.
  public var captions: [CaptionRow] = []
  /// Which captions the film itself shows.
  public var captionUse: CaptionUse = .none
  /// Words that are always drawn into the pictures.
  public var titles: [Title] = []
  /// Constant rate factor of what has to be encoded.
  public var crf: Int
  /// What the film itself carries.
  public var metadata: MetadataMode
  /// What happens when clips have other frames than planned.
  public var conform: ConformMode
  /// What is done about visible joins.
  public var mend: JoinMending

  /// A film of `pieces`.
  public init(
    size: PixelSize, frameRate: FrameRate, pieces: [Piece], fadeIn: Int = 0, fadeOut: Int = 0,
    sound: SoundBed? = nil, crf: Int = 16, metadata: MetadataMode = .minimal,
    conform: ConformMode = .accept, mend: JoinMending = .off
  ) {
    self.size = size
    self.frameRate = frameRate
    self.pieces = pieces
    self.fadeIn = fadeIn
    self.fadeOut = fadeOut
    self.sound = sound
    self.crf = crf
    self.metadata = metadata
    self.conform = conform
    self.mend = mend
  }

  /// Frames of the film if every piece has the frames planned.
  public var frames: Int { pieces.reduce(0) { $0 + $1.filmFrames } }

  /// The film's name in the store: digest of all that decides its pictures and sound.
  ///
  /// Labels and paths stay out, so a moved file is not stitched again; the titles of
  /// chapters are in, because the film has them.
  public var key: Digest {
    var text = JSONText()
    text.object { text in
      text.key("assembly")
      text.value(1)
      text.key("size")
      text.value(size.description)
      text.key("frame_rate")
      text.value(frameRate.description)
      text.key("fades")
      text.array {
        $0.value(fadeIn)
        $0.value(fadeOut)
      }
      text.key("crf")
      text.value(crf)
      text.key("metadata")
      text.value(metadata.rawValue)
      text.key("conform")
      text.value(conform.rawValue)
      if mend != .off {
        text.key("mend")
        text.array { text in for word in mend.words { text.value(word) } }
      }
      text.key("sound")
      if let sound { sound.write(to: &text) } else { text.null() }
      writeSounds(to: &text)
      writeChapters(to: &text)
      writeTexts(to: &text)
      text.key("pieces")
      text.array { text in for piece in pieces { piece.write(to: &text) } }
    }
    return Digest.of(text.bytes)
  }

  /// One stretch of the film.
  public struct Piece: Hashable, Sendable, Codable {
    /// Where a piece's frames come from.
    public enum Source: Hashable, Sendable, Codable {
      /// All frames of a generated clip.
      case clip(RecipeKey)
      /// A part of an existing clip: `count` of its own frames from 0-based frame `start`.
      case footage(path: String, digest: Digest, start: Int, count: Int, fit: Fit)
      /// One picture.
      case still(KeyframeUse)
    }

    /// Where the frames come from.
    public var source: Source
    /// What people call it: the segment's id or the sequence's name.
    public var label: String
    /// Film frames of the piece before drops, holds and overlaps, at the film's rate.
    public var frames: Int
    /// Whether the last frame is left out, because the next piece starts on it.
    public var dropsLast: Bool
    /// Repeats of the first frame, shown before it.
    public var holdBefore: Int
    /// Repeats of the last frame, shown after it.
    public var holdAfter: Int
    /// How it overlaps with the piece before it.
    public var crossfade: Crossfade?

    /// A piece of `frames` film frames.
    public init(
      source: Source, label: String, frames: Int, dropsLast: Bool = false, holdBefore: Int = 0,
      holdAfter: Int = 0, crossfade: Crossfade? = nil
    ) {
      self.source = source
      self.label = label
      self.frames = frames
      self.dropsLast = dropsLast
      self.holdBefore = holdBefore
      self.holdAfter = holdAfter
      self.crossfade = crossfade
    }

    /// What the piece adds to the film's length.
    public var filmFrames: Int {
      frames - (dropsLast ? 1 : 0) + holdBefore + holdAfter
        - (crossfade.map { $0.handles == .overlap ? $0.frames : 0 } ?? 0)
    }

    func write(to text: inout JSONText) {
      text.object { text in
        switch source {
        case .clip(let key):
          text.key("clip")
          text.value(key.description)
        case .footage(_, let digest, let start, let count, let fit):
          text.key("footage")
          text.value(digest.hex)
          text.key("part")
          text.array {
            $0.value(start)
            $0.value(count)
          }
          text.key("fit")
          text.value(fit.rawValue)
        case .still(let use):
          text.key("still")
          use.recipe.write(to: &text)
        }
        text.key("frames")
        text.value(frames)
        text.key("drops_last")
        text.value(dropsLast)
        text.key("holds")
        text.array {
          $0.value(holdBefore)
          $0.value(holdAfter)
        }
        if let crossfade {
          text.key("crossfade")
          text.value(crossfade.frames)
          text.key("handles")
          text.value(crossfade.handles.rawValue)
        }
      }
    }
  }

  /// An overlap of two pieces.
  public struct Crossfade: Hashable, Sendable, Codable {
    /// Film frames in which both are seen.
    public var frames: Int
    /// Where these frames come from.
    public var handles: HandleMode

    /// An overlap of `frames` film frames.
    public init(frames: Int, handles: HandleMode) {
      self.frames = frames
      self.handles = handles
    }
  }
}
