public import KeyreelCore

/// A film as other editing programs see it: clips one behind the other, with what is left over of them.
public struct EditList: Hashable, Sendable {
  /// One clip in the edit.
  public struct Event: Hashable, Sendable {
    /// What people call it.
    public var name: String
    /// The file, as it is to be written: relative to the exported file.
    public var file: String
    /// 0-based frame of the file that is seen first, in frames of the film's rate.
    public var sourceStart: Int
    /// Frames that the file has, in frames of the film's rate: handles are what is not used of them.
    public var available: Int
    /// Frames that are seen.
    public var frames: Int
    /// 0-based film frame on which it begins.
    public var filmStart: Int
    /// Frames in which it is mixed with the clip before.
    public var dissolve: Int
    /// Whether one picture stands still for all of it.
    public var isStill: Bool
    /// How fast the file is shown where it is spread over another time than its own.
    public var speed: Speed?

    /// A clip in the edit.
    public init(
      name: String, file: String, sourceStart: Int, available: Int, frames: Int, filmStart: Int,
      dissolve: Int = 0, isStill: Bool = false, speed: Speed? = nil
    ) {
      self.name = name
      self.file = file
      self.sourceStart = sourceStart
      self.available = available
      self.frames = frames
      self.filmStart = filmStart
      self.dissolve = dissolve
      self.isStill = isStill
      self.speed = speed
    }
  }

  /// A file's frames spread evenly over another number of film frames, the first and the last kept.
  public struct Speed: Hashable, Sendable {
    /// Frames of the file.
    public var frames: Int
    /// Film frames over which they are spread.
    public var filmFrames: Int

    /// `frames` spread over `filmFrames`; `nil` where they are as many, or where either stands still.
    public init?(_ frames: Int, over filmFrames: Int) {
      guard frames != filmFrames, frames > 1, filmFrames > 1 else { return nil }
      self.frames = frames
      self.filmFrames = filmFrames
    }

    /// The frame of the file that is shown at 0-based film frame `frame` of the piece.
    func inFile(_ frame: Int) -> Int {
      (2 * frame * (frames - 1) + filmFrames - 1) / (2 * (filmFrames - 1))
    }

    /// `factor` times the speed, with `digits` digits behind the point.
    func times(_ factor: Int, digits: Int) -> String {
      let unit = (0..<digits).reduce(1) { unit, _ in unit * 10 }
      let value = (2 * factor * unit * (frames - 1) + filmFrames - 1) / (2 * (filmFrames - 1))
      let part = String(value % unit)
      return "\(value / unit).\(String(repeating: "0", count: digits - part.count))\(part)"
    }
  }

  /// A named place in the film.
  public struct Marker: Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// 0-based film frame.
    public var frame: Int

    /// `name` at film frame `frame`.
    public init(name: String, frame: Int) {
      self.name = name
      self.frame = frame
    }
  }

  /// The film's name.
  public var name: String
  /// Frames per second.
  public var frameRate: FrameRate
  /// Frames in all.
  public var frames: Int
  /// The clips in film order.
  public var events: [Event]
  /// The keyframes in film order.
  public var markers: [Marker]
  /// The chapters' titles and first frames, in film order.
  public var chapters: [Marker]
  /// Captions of the first row, and titles, in film order.
  public var texts: [FilmCue]
  /// What is heard, the music under the whole film first.
  public var sounds: [Sound]

  /// The file of a piece.
  public struct Source: Sendable {
    /// The file, as it is to be written.
    public var file: String
    /// 0-based frame with which the piece begins, in frames of the film's rate.
    public var start: Int
    /// Frames of the file, in frames of the film's rate.
    public var frames: Int
    /// How fast it is shown where it is spread over another time than its own.
    public var speed: Speed?

    /// `file`, from `start` on.
    public init(file: String, start: Int, frames: Int, speed: Speed? = nil) {
      self.file = file
      self.start = start
      self.frames = frames
      self.speed = speed
    }
  }

  /// An edit of `film`; `file` finds the file of a piece, `sound` tells how a sound file is written.
  public init(
    _ film: FilmPlan, file: (Assembly.Piece) throws -> Source,
    sound: (String) throws -> String
  ) rethrows {
    name = film.name
    frameRate = film.frameRate
    frames = film.frames
    markers = film.keyframes.map { Marker(name: "\($0.sequence): \($0.name)", frame: $0.filmFrame) }
    sounds = []
    let cues = (film.assembly.captions.first?.cues).map(film.assembly.placed) ?? []
    texts = (cues + film.assembly.titles.flatMap { film.assembly.placed([$0.cue]) })
      .sorted { $0.frames.lowerBound < $1.frames.lowerBound }
    events = []
    chapters = []
    var position = 0
    var starts: [Int] = []
    for piece in film.assembly.pieces {
      let overlap = piece.crossfade?.handles == .overlap ? piece.crossfade?.frames ?? 0 : 0
      starts.append(position - overlap)
      let found = try file(piece)
      append(piece, found, at: position - overlap, dissolve: overlap)
      position += piece.filmFrames
    }
    sounds = try Self.sounds(of: film, starts: starts, file: sound)
    chapters = film.assembly.chapters.enumerated().map { index, chapter in
      Marker(name: chapter.title, frame: index == 0 ? 0 : starts[chapter.piece])
    }
  }

  private mutating func append(
    _ piece: Assembly.Piece, _ found: Source, at start: Int, dissolve: Int
  ) {
    var place = start
    func event(_ frames: Int, from source: Int, isStill: Bool, dissolve: Int = 0) -> Event {
      Event(
        name: piece.label, file: found.file, sourceStart: source, available: found.frames,
        frames: frames, filmStart: place, dissolve: dissolve, isStill: isStill,
        speed: isStill ? nil : found.speed)
    }
    let first = found.start
    let isStill: Bool = if case .still = piece.source { true } else { false }
    let shown = piece.frames - (piece.dropsLast ? 1 : 0)
    let last = isStill ? 0 : first + (found.speed?.frames ?? piece.frames) - 1
    for (frames, source, isHeld) in [
      (piece.holdBefore, first, true), (shown, first, isStill), (piece.holdAfter, last, true),
    ] where frames > 0 {
      events.append(
        event(frames, from: source, isStill: isHeld, dissolve: place == start ? dissolve : 0))
      place += frames
    }
  }
}
