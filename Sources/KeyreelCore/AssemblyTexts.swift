extension Assembly {
  /// Words that are seen for some time.
  public struct Cue: Hashable, Sendable, Codable {
    /// The words; lines end with line feeds.
    public var text: String
    /// Where they come.
    public var start: FilmMark
    /// The first film frame without them.
    public var end: FilmMark

    /// `text` from `start` until `end`.
    public init(_ text: String, start: FilmMark, end: FilmMark) {
      self.text = text
      self.start = start
      self.end = end
    }

    func write(to text: inout JSONText) {
      text.object { text in
        text.key("text")
        text.value(self.text)
        text.key("start")
        start.write(to: &text)
        text.key("end")
        end.write(to: &text)
      }
    }
  }

  /// Captions of one language, in the order of time.
  public struct CaptionRow: Hashable, Sendable, Codable {
    /// ISO 639 code, `en` or `eng`; `und` when the author names none.
    public var language: String
    /// The captions, none at the same time as another one.
    public var cues: [Cue]
    /// How they look where they are drawn.
    public var look: TextLook
    /// The file that some of them come from, relative to the project root; no part of the film's key.
    public var file: String?

    /// `cues` in `language`.
    public init(language: String, cues: [Cue], look: TextLook) {
      self.language = language
      self.cues = cues
      self.look = look
    }
  }

  /// Words that are always drawn into the pictures.
  public struct Title: Hashable, Sendable, Codable {
    /// The words and their time.
    public var cue: Cue
    /// How they look.
    public var look: TextLook
    /// Film frames in which they appear.
    public var fadeIn: Int
    /// Film frames in which they vanish.
    public var fadeOut: Int

    /// The title `cue`.
    public init(_ cue: Cue, look: TextLook, fadeIn: Int = 0, fadeOut: Int = 0) {
      self.cue = cue
      self.look = look
      self.fadeIn = fadeIn
      self.fadeOut = fadeOut
    }
  }

  /// The looks of all words that are drawn into the film or into any file that shows `uses`.
  public func drawnLooks(with uses: [CaptionUse]) -> [TextLook] {
    let rows = Set(([captionUse] + uses).flatMap(\.burnt)).filter(captions.indices.contains)
    return titles.map(\.look) + rows.sorted().map { captions[$0].look }
  }

  /// `cues` on the frames of the film as it is planned.
  public func placed(_ cues: [Cue]) -> [FilmCue] {
    FilmCue.placing(cues, in: plannedRanges, of: frames)
  }

  /// Whether any words belong to the film.
  public var hasTexts: Bool { !captions.isEmpty || !titles.isEmpty }

  /// What the film's key says of words; nothing when there are none.
  func writeTexts(to text: inout JSONText) {
    guard hasTexts else { return }
    text.key("texts")
    text.object { text in
      text.key("captions")
      text.array { text in
        for row in captions {
          text.object { text in
            text.key("language")
            text.value(row.language)
            text.key("cues")
            text.array { text in for cue in row.cues { cue.write(to: &text) } }
            text.key("look")
            row.look.write(to: &text)
          }
        }
      }
      text.key("shown")
      captionUse.write(to: &text)
      text.key("titles")
      text.array { text in
        for title in titles {
          text.object { text in
            text.key("cue")
            title.cue.write(to: &text)
            text.key("look")
            title.look.write(to: &text)
            text.key("fades")
            text.array {
              $0.value(title.fadeIn)
              $0.value(title.fadeOut)
            }
          }
        }
      }
    }
  }
}

/// A caption where it stands in a film.
public struct FilmCue: Hashable, Sendable {
  /// The words; lines end with line feeds.
  public var text: String
  /// The film frames that show them.
  public var frames: Range<Int>

  /// `text` on `frames`.
  public init(_ text: String, frames: Range<Int>) {
    self.text = text
    self.frames = frames
  }

  /// `cues` where the pieces of a film of `frames` frames stand at `ranges`, one behind the other.
  ///
  /// Where clips came shorter, a caption ends when the next one comes, and one that has no frame left
  /// is not there.
  public static func placing(
    _ cues: [Assembly.Cue], in ranges: [Range<Int>], of frames: Int
  ) -> [FilmCue] {
    let placed = cues.map { ($0.text, $0.start.frame(in: ranges, of: frames), $0.end) }
    return placed.enumerated().compactMap { index, cue in
      let next = index + 1 < placed.count ? placed[index + 1].1 : frames
      let end = min(cue.2.frame(in: ranges, of: frames), max(cue.1, next))
      return cue.1 < end ? FilmCue(cue.0, frames: cue.1..<end) : nil
    }
  }
}
