/// What a film is made of and what was found in it: a sidecar of the film, by which it can be verified.
public struct FilmManifest: Hashable, Sendable, Codable {
  /// The version of the manifest's format that this program writes and reads.
  public static let formatVersion = 1

  /// The version of the manifest's format.
  public var formatVersion: Int
  /// The film's name.
  public var name: String
  /// The program that made it, with its version.
  public var madeWith: String
  /// Name and version of the encoding library.
  public var encoder: String
  /// The cut list's key.
  public var assembly: Digest
  /// Digest of the film's bytes.
  public var digest: Digest
  /// Bytes of the film.
  public var byteCount: Int
  /// Picture size.
  public var size: PixelSize
  /// Frames per second.
  public var frameRate: FrameRate
  /// Frames of the film.
  public var frames: Int
  /// The pieces in film order.
  public var pieces: [Piece]
  /// Film frames that were encoded; all others are copies of the clips' packets.
  public var encoded: [FilmStretch]
  /// Film frames over which words are drawn: joins there were measured before; `nil` when none are.
  public var lettered: [FilmStretch]?
  /// What was found at each join, in film order.
  public var joins: [JoinVerdict]
  /// The clips that were made for it, in film order.
  public var clips: [Clip]

  /// One piece of the film.
  public struct Piece: Hashable, Sendable, Codable {
    /// What people call it.
    public var label: String
    /// 0-based film frame at which it begins.
    public var frame: Int
    /// What does not agree with the film and was made to; `nil` when all does.
    public var conformed: String?

    /// A piece that begins at film frame `frame`.
    public init(label: String, frame: Int, conformed: String? = nil) {
      self.label = label
      self.frame = frame
      self.conformed = conformed
    }
  }

  /// Where one clip comes from.
  public struct Clip: Hashable, Sendable, Codable {
    /// The segment's id.
    public var segment: String
    /// The recipe's key.
    public var recipe: RecipeKey
    /// Digest of the clip's bytes.
    public var digest: Digest
    /// The seed that was used, where it is known.
    public var seed: Int?
    /// The provider's id of the request.
    public var request: String?
    /// What it cost.
    public var cost: PriceRange

    /// A clip of `segment`.
    public init(
      segment: String, recipe: RecipeKey, digest: Digest, seed: Int?, request: String?,
      cost: PriceRange
    ) {
      self.segment = segment
      self.recipe = recipe
      self.digest = digest
      self.seed = seed
      self.request = request
      self.cost = cost
    }
  }

  /// A manifest of these parts, in this program's format.
  public init(
    name: String, madeWith: String, encoder: String, assembly: Digest, digest: Digest,
    byteCount: Int, size: PixelSize, frameRate: FrameRate, frames: Int, pieces: [Piece],
    encoded: [FilmStretch], joins: [JoinVerdict], clips: [Clip]
  ) {
    formatVersion = Self.formatVersion
    self.name = name
    self.madeWith = madeWith
    self.encoder = encoder
    self.assembly = assembly
    self.digest = digest
    self.byteCount = byteCount
    self.size = size
    self.frameRate = frameRate
    self.frames = frames
    self.pieces = pieces
    self.encoded = encoded
    self.joins = joins
    self.clips = clips
  }

  enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case name
    case madeWith = "made_with"
    case encoder
    case assembly
    case digest
    case byteCount = "byte_count"
    case size
    case frameRate = "frame_rate"
    case frames
    case pieces
    case encoded
    case lettered
    case joins
    case clips
  }
}
