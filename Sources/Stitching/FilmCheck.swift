public import KeyreelCore
internal import Media
public import SystemPackage

/// What a look at a finished film found: its frames, its times, and that what was encoded decodes.
public struct FilmCheck: Hashable, Sendable, Codable {
  /// How much of a film is decoded to check it.
  public enum Depth: Sendable {
    /// The frames around everything that was encoded; copied packets are what they were.
    case joins
    /// Every frame.
    case everything
  }

  /// Frames found.
  public let frames: Int
  /// Frames that were decoded, strictly.
  public let decoded: Int

  /// Looks at `film` and throws `verification-failed` when it is not what `expected` says.
  ///
  /// Checked are the number of frames, the size, that frames follow one another at exactly the film's
  /// rate (none doubled, none missing), that decode times rise and nothing is shown before it is
  /// decoded, and that the frames of `depth` decode without a fault. The message names the film and,
  /// where there is one, the piece.
  public init(
    _ film: FilePath, expecting expected: StitchedFilm, depth: Depth = .joins,
    token: CancellationToken = CancellationToken()
  ) throws {
    try self.init(film, expecting: expected, depth: depth, notes: nil, token: token)
  }

  init(
    _ film: FilePath, expecting expected: StitchedFilm, depth: Depth = .joins, notes: FrameNotes?,
    token: CancellationToken
  ) throws {
    let scan = try PacketScan(film)
    try Self.checkTimes(scan, expected)
    let windows = depth == .everything ? [0..<scan.frames] : expected.windows
    // Opened once: every opening reads the whole index.
    var reader: PictureReader?
    for window in windows {
      try token.check()
      if let reader {
        try reader.move(to: window.lowerBound)
      } else {
        reader = try PictureReader(scan, from: window.lowerBound, size: expected.size)
      }
      if let reader { try Self.decode(window, of: scan, with: reader, expected, notes, token) }
    }
    frames = scan.frames
    decoded = windows.reduce(0) { $0 + $1.count }
  }

  private static func checkTimes(_ scan: PacketScan, _ expected: StitchedFilm) throws {
    try checkOrder(scan)
    if scan.frames != expected.frames || scan.hidesPictures {
      throw failed(scan, "it has \(scan.frames) frames instead of \(expected.frames)")
    }
    if scan.format.size != expected.size {
      throw failed(scan, "it is \(scan.format.size) instead of \(expected.size)")
    }
    if let frame = scan.firstOffBeat(at: expected.frameRate) {
      let piece = expected.piece(at: frame)
      throw failed(scan, "frame \(frame) (\(piece)) does not stand at its time")
    }
  }

  private static func checkOrder(_ scan: PacketScan) throws {
    let broken = scan.entries.indices.dropFirst().first { place in
      guard let left = scan.entries[place - 1].decodeTime,
        let right = scan.entries[place].decodeTime
      else { return true }
      return left >= right
    }
    let early = scan.entries.indices.first { place in
      guard let rank = scan.entries[place].rank, let time = scan.entries[place].decodeTime
      else { return true }
      return scan.times[rank] < time
    }
    if let early { throw failed(scan, "packet \(early) is shown before it is decoded") }
    if let broken { throw failed(scan, "decode times do not rise at packet \(broken)") }
  }

  private static func decode(
    _ window: Range<Int>, of scan: PacketScan, with reader: PictureReader,
    _ expected: StitchedFilm, _ notes: FrameNotes?, _ token: CancellationToken
  ) throws {
    for frame in window {
      try token.check()
      do {
        let picture = try reader.picture(frame)
        notes?.note(picture, at: frame)
      } catch let error as OperationError {
        let piece = expected.piece(at: frame)
        throw failed(scan, "frame \(frame) (\(piece)) does not decode: \(error.message)")
      }
    }
  }

  private static func failed(_ scan: PacketScan, _ what: String) -> OperationError {
    OperationError(
      .verificationFailed, "\(scan.path): \(what)",
      remedy: "stitch again; if it happens again, report it as a bug")
  }
}

/// What a finished film must be; kept with it, so that it can be checked again.
public struct StitchedFilm: Hashable, Sendable, Codable {
  /// A piece's name and the first film frame that it touches.
  public struct Mark: Hashable, Sendable, Codable {
    /// What people call the piece.
    public var label: String
    /// 0-based film frame.
    public var frame: Int

    /// The piece `label`, which begins at film frame `frame`.
    public init(label: String, frame: Int) {
      self.label = label
      self.frame = frame
    }
  }

  /// Picture size.
  public var size: PixelSize
  /// Frames per second.
  public var frameRate: FrameRate
  /// Frames in all.
  public var frames: Int
  /// The pieces in film order.
  public var pieces: [Mark]
  /// 0-based first frames and lengths of what was encoded.
  public var encoded: [FilmStretch]
  /// Where words are drawn over the pictures, so that joins cannot be judged.
  public var lettered: [FilmStretch] = []

  /// A film of these parts; without `encoded` nothing is decoded to check it.
  public init(
    size: PixelSize, frameRate: FrameRate, frames: Int, pieces: [Mark] = [],
    encoded: [FilmStretch] = []
  ) {
    self.size = size
    self.frameRate = frameRate
    self.frames = frames
    self.pieces = pieces
    self.encoded = encoded
  }

  /// Whether words are drawn over any frame by which the join at `place` is measured.
  public func isLettered(at place: JoinPlace) -> Bool {
    lettered.contains { stretch in place.windows.contains { $0.overlaps(stretch.range) } }
  }

  /// What the piece at a film frame is called.
  func piece(at frame: Int) -> String { pieces.last { $0.frame <= frame }?.label ?? "the film" }

  /// Film frames to decode: both ends of every encoded stretch, and two frames behind it.
  var windows: [Range<Int>] {
    encoded.flatMap { stretch in
      let end = stretch.start + stretch.count
      let tail = max(stretch.start, end - 2)..<min(end + 2, frames)
      // Short stretches are decoded whole; a reader starts at the key frame before the window.
      if stretch.count <= 16 { return [stretch.start..<tail.upperBound] }
      return [stretch.start..<stretch.start + 2, tail]
    }
  }
}
