extension PipelineDocument {
  /// One sequence: a chain of keyframes, or an existing clip.
  public struct Sequence: Hashable, Sendable {
    /// The name; sequences without one are called `1`, `2`, … by their place.
    public var name: Written<String>?
    /// Where the sequence stands in the file.
    public var span: SourceSpan
    /// What it shows.
    public var content: Content
    /// How it follows the sequence before it.
    public var join: Join?
    /// Sound of this sequence.
    public var sound: Audio?
    /// Whether an existing clip's own sound is heard.
    public var ownSound: Written<OwnSound>?
    /// What is said or told while it is seen.
    public var caption: Cue?
    /// Words over its beginning.
    public var title: Title?

    /// A sequence of `content` at `span`.
    public init(span: SourceSpan, content: Content) {
      self.span = span
      self.content = content
    }
  }

  /// What a sequence shows.
  public enum Content: Hashable, Sendable {
    /// Clips generated between keyframes.
    case keyframes(KeyframeChain)
    /// An existing clip.
    case footage(Footage)
  }

  /// Keyframes and the segments between them.
  public struct KeyframeChain: Hashable, Sendable {
    /// The keyframes in order.
    public var stops: [Stop]
    /// Settings of this sequence's segments.
    public var settings: Settings
    /// Whether the last keyframe leads back to the first.
    public var loops: Written<Bool>?
    /// What each segment starts from.
    public var chain: Written<ChainMode>?

    /// A chain of `stops`.
    public init(stops: [Stop]) {
      self.stops = stops
      settings = Settings()
    }
  }

  /// A keyframe in a sequence, and the way to the next one.
  public struct Stop: Hashable, Sendable {
    /// What is shown.
    public enum Subject: Hashable, Sendable {
      /// A row of the keyframes table.
      case named(String)
      /// A picture given in place.
      case picture(PictureSource)
    }

    /// The picture, and where it is written.
    public var subject: Written<Subject>
    /// How it is fitted; overrides table and settings.
    public var fit: Written<Fit>?
    /// What a crop keeps; overrides table and settings.
    public var focus: Written<Focus>?
    /// How long the film stays on it.
    public var hold: Written<TimeLength>?
    /// Its absolute time in the sequence.
    public var time: Written<TimeLength>?
    /// What is said or told from this keyframe on.
    public var caption: Cue?
    /// Settings of the segment to the next keyframe.
    public var next: Settings

    /// A stop at `subject`.
    public init(subject: Written<Subject>) {
      self.subject = subject
      next = Settings()
    }
  }

  /// An existing clip, or a part of it.
  public struct Footage: Hashable, Sendable {
    /// The file, relative to the root.
    public var file: Written<String>
    /// Where it begins in the file.
    public var start: Written<TimeLength>?
    /// Where it ends in the file.
    public var end: Written<TimeLength>?
    /// How it is fitted to the film's size.
    public var fit: Written<Fit>?

    /// The whole of `file`.
    public init(file: Written<String>) { self.file = file }
  }

  /// How a sequence follows the one before it.
  public struct Join: Hashable, Sendable {
    /// Frames of overlap.
    public var crossfade: Written<TimeLength>
    /// Where the overlapping frames come from.
    public var handles: Written<HandleMode>?

    /// A crossfade.
    public init(crossfade: Written<TimeLength>) { self.crossfade = crossfade }
  }

  /// What the film is to be.
  public struct Film: Hashable, Sendable {
    /// Picture size; default: the model's canvas.
    public var size: Written<PixelSize>?
    /// Frame rate; default: the model's.
    public var rate: Written<FrameRate>?
    /// What happens when other frames arrive than planned.
    public var conform: Written<ConformMode>?
    /// What is done about visible joins.
    public var mend: Written<JoinMending>?
    /// Fade from black at the beginning.
    public var fadeIn: Written<TimeLength>?
    /// Fade to black at the end.
    public var fadeOut: Written<TimeLength>?
    /// Music.
    public var audio: Audio?
    /// How loud the film's sound is to be, in hundredths of LUFS.
    public var loudness: Written<Int>?
    /// Whether existing clips' own sound is heard, where they do not say it themselves.
    public var ownSound: Written<OwnSound>?
    /// Whether the film carries prompts and prices.
    public var metadata: Written<MetadataMode>?
    /// Captions, a row for each language.
    public var captions: [Captions] = []
    /// Words that are drawn into the pictures.
    public var titles: [Title] = []
    /// The files to write; default: one, `films/<name>.mp4`.
    public var outputs: [Output]

    /// Nothing asked for.
    public init() { outputs = [] }
  }

  /// A sound file under the film or a sequence.
  public struct Audio: Hashable, Sendable {
    /// The file, relative to the root.
    public var file: Written<String>
    /// Where in the file it begins.
    public var start: Written<TimeLength>?
    /// Louder or softer, in hundredths of a decibel.
    public var gain: Written<Int>?
    /// Fade at the beginning.
    public var fadeIn: Written<TimeLength>?
    /// Fade at the end of the film or the sequence.
    public var fadeOut: Written<TimeLength>?
    /// Whether it begins again when the file ends.
    public var loops: Written<Bool>?

    /// All of `file`, as it is.
    public init(file: Written<String>) { self.file = file }
  }

  /// One file to write.
  public struct Output: Hashable, Sendable {
    /// The file, relative to the root.
    public var file: Written<String>
    /// Constant rate factor of the codec.
    public var crf: Written<Int>?
    /// What is written; default: what the file's ending says.
    public var kind: Written<OutputKind>?
    /// How moving pictures are encoded; default: what the file's ending says.
    public var codec: Written<FilmCodec>?
    /// Which frame a poster shows, by its time.
    public var time: Written<TimeLength>?
    /// Width of a preview, in pixels.
    public var width: Written<Int>?
    /// Which captions it shows; empty: none; default: as the captions say.
    public var captions: Written<[CaptionForm]>?
    /// The language of the captions that are burnt in, or of a file of captions.
    public var language: Written<String>?

    /// An H.264 film in `file`.
    public init(file: Written<String>) { self.file = file }
  }
}
