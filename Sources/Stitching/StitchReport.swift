public import KeyreelCore

/// What a film has become.
public struct StitchReport: Hashable, Sendable, Codable {
  /// One piece as it stands in the film.
  public struct Piece: Hashable, Sendable, Codable {
    /// What people call it: the segment's id or the sequence's name.
    public var label: String
    /// 0-based film frame at which the piece begins, its holds and overlaps included.
    public var filmFrame: Int
    /// 0-based film frame that shows the piece's first own picture.
    public var firstPicture: Int
    /// Film frames that the piece touches.
    public var frames: Int
    /// Frames planned for it, before drops and holds.
    public var planned: Int
    /// Frames that its source delivered, at the source's rate.
    public var delivered: Int
    /// Frames whose packets were copied bit for bit.
    public var copied: Int
  }

  /// Frames of the film.
  public var frames: Int
  /// Frames that were planned.
  public var planned: Int
  /// Frames per second.
  public var frameRate: FrameRate
  /// The pieces in film order.
  public var pieces: [Piece]
  /// Frames whose packets were copied bit for bit.
  public var copied: Int
  /// Frames that were encoded.
  public var encoded: Int
  /// What was found at each join, in film order.
  public var joins: [JoinVerdict]
  /// Whether parameter sets stand in the packets (`avc3`), because the clips' encoders differ.
  public var isInBand: Bool
  /// Whether the film has sound.
  public var hasSound: Bool
  /// What was done about loudness; `nil` when none was asked for.
  public var loudness: SoundVerdict?
  /// The encoder's name and version; bytes are the same only with the same one.
  public var encoder: String
  /// What the film must be, for checking it again.
  public var film: StitchedFilm
  /// What looking at the finished file found.
  public var check: FilmCheck

  /// How long the film lasts.
  public var duration: Duration { frameRate.duration(of: frames) }
}
