extension PipelineDocument {
  /// Words with a time.
  public struct Cue: Hashable, Sendable {
    /// The words.
    public var text: Written<String>
    /// When they come; in a sequence counted from its beginning, in a film from the film's.
    public var start: Written<TimeLength>?
    /// How long they are seen.
    public var duration: Written<TimeLength>?

    /// `text`, at its usual time.
    public init(text: Written<String>) { self.text = text }
  }

  /// How words look, as the author writes it.
  public struct Look: Hashable, Sendable {
    /// Names of families, or paths of files relative to the root.
    public var fonts: [Written<FontName>] = []
    /// Height of a line in thousandths of the picture's shorter side.
    public var size: Written<Int>?
    /// Where the words stand.
    public var position: Written<TextPosition>?
    /// What keeps them legible.
    public var ground: Written<TextGround>?

    /// Nothing asked for.
    public init() {}

    var references: [Written<SourceReference>] {
      fonts.compactMap { font in
        guard case .file(let path) = font.value else { return nil }
        return Written(.font(path), at: font.span)
      }
    }
  }

  /// A font as authors name it.
  public enum FontName: Hashable, Sendable {
    /// A family of this machine.
    case family(String)
    /// A file, relative to the root.
    case file(String)
  }

  /// Captions of one language.
  public struct Captions: Hashable, Sendable {
    /// Where the row stands in the file.
    public var span: SourceSpan
    /// A SubRip file, relative to the root.
    public var file: Written<String>?
    /// Captions by film time.
    public var cues: [Cue] = []
    /// ISO 639 code.
    public var language: Written<String>?
    /// How they reach the viewer; default: as a track.
    public var forms: Written<[CaptionForm]>?
    /// How they look where they are burnt in.
    public var look = Look()

    /// A row without captions at `span`.
    public init(span: SourceSpan) { self.span = span }
  }

  /// Words that are drawn into the pictures.
  public struct Title: Hashable, Sendable {
    /// The words and their time.
    public var cue: Cue
    /// How they look.
    public var look = Look()
    /// How long they appear.
    public var fadeIn: Written<TimeLength>?
    /// How long they vanish.
    public var fadeOut: Written<TimeLength>?

    /// The title `cue`.
    public init(_ cue: Cue) { self.cue = cue }
  }
}
