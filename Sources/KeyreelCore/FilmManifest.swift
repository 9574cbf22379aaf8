/// What a film is made of and what was found in it: a sidecar of the film, by which it can be verified
/// and, with its clips, made again.
public struct FilmManifest: Hashable, Sendable, Codable {
  /// The version of the manifest's format that this program writes and reads.
  public static let formatVersion = 2

  /// The version of the manifest's format.
  public var formatVersion: Int
  /// The film's name.
  public var name: String
  /// The program that made it, with its version.
  public var madeWith: String
  /// Names and versions of the encoding libraries: bytes are the same only with the same ones.
  public var encoder: String
  /// The stitcher's version, `Stitcher.version`.
  public var stitcher: Int
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
  /// The cut list: with the clips, all that decides the film's pictures and sound.
  public var edit: Assembly
  /// What the film's file says of itself beside its title, in this order.
  public var tags: [Tag]
  /// What else was made of the film.
  public var companions: [Companion]

  /// Something that the film's file says of itself.
  public struct Tag: Hashable, Sendable, Codable {
    /// The container's name for it, `comment`.
    public var key: String
    /// What it says.
    public var value: String

    /// `value` under `key`.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// A file or folder that was made of the film's frames.
  public struct Companion: Hashable, Sendable, Codable {
    /// Where it was written and what it is.
    public var output: FilmOutput
    /// Digest of its bytes; of a folder, of the list of its files' digests and names.
    public var digest: Digest
    /// Bytes in all.
    public var byteCount: Int

    /// `output` with these bytes.
    public init(output: FilmOutput, digest: Digest, byteCount: Int) {
      self.output = output
      self.digest = digest
      self.byteCount = byteCount
    }

    enum CodingKeys: String, CodingKey {
      case output
      case digest
      case byteCount = "byte_count"
    }
  }

  /// One piece of the film.
  public struct Piece: Hashable, Sendable, Codable {
    /// What people call it.
    public var label: String
    /// 0-based film frame at which it begins.
    public var frame: Int
    /// 0-based film frame that shows its first own picture once: holds come before it.
    public var firstPicture: Int
    /// Frames that its source delivered, at the source's rate.
    public var delivered: Int
    /// What does not agree with the film and was made to; `nil` when all does.
    public var conformed: String?

    /// A piece that begins at film frame `frame`.
    public init(
      label: String, frame: Int, firstPicture: Int, delivered: Int, conformed: String? = nil
    ) {
      self.label = label
      self.frame = frame
      self.firstPicture = firstPicture
      self.delivered = delivered
      self.conformed = conformed
    }

    enum CodingKeys: String, CodingKey {
      case label
      case frame
      case firstPicture = "first_picture"
      case delivered
      case conformed
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
    /// The authored keyframe that it begins on; `nil` where another clip's end is.
    public var first: KeyframeUse?
    /// The authored keyframe that it ends on.
    public var last: KeyframeUse?

    /// A clip of `segment`.
    public init(
      segment: String, recipe: RecipeKey, digest: Digest, seed: Int?, request: String?,
      cost: PriceRange, first: KeyframeUse? = nil, last: KeyframeUse? = nil
    ) {
      self.segment = segment
      self.recipe = recipe
      self.digest = digest
      self.seed = seed
      self.request = request
      self.cost = cost
      self.first = first
      self.last = last
    }
  }

  /// A manifest of these parts, in this program's format.
  public init(
    name: String, madeWith: String, encoder: String, stitcher: Int, digest: Digest,
    byteCount: Int, frames: Int, pieces: [Piece], encoded: [FilmStretch], joins: [JoinVerdict],
    clips: [Clip], edit: Assembly, tags: [Tag], companions: [Companion] = []
  ) {
    formatVersion = Self.formatVersion
    self.name = name
    self.madeWith = madeWith
    self.encoder = encoder
    self.stitcher = stitcher
    assembly = edit.key
    self.digest = digest
    self.byteCount = byteCount
    size = edit.size
    frameRate = edit.frameRate
    self.frames = frames
    self.pieces = pieces
    self.encoded = encoded
    self.joins = joins
    self.clips = clips
    self.edit = edit
    self.tags = tags
    self.companions = companions
  }

  enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case name
    case madeWith = "made_with"
    case encoder
    case stitcher
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
    case edit
    case tags
    case companions
  }
}
