public import KeyreelCore
internal import Media
public import SystemPackage

/// Looks at the joins of a finished film: figures, verdicts, strips of frames.
///
/// Opens the film once; only frames around joins are decoded. Used on one thread only.
public final class FilmJoins {
  private let scan: PacketScan
  private let size: PixelSize
  private var reader: PictureReader?

  /// Opens the film at `path`, which shows pictures of `size`.
  public init(_ path: FilePath, size: PixelSize) throws {
    scan = try PacketScan(path)
    self.size = size
  }

  /// What the film shows at `place`.
  public func figures(at place: JoinPlace) throws -> JoinFigures {
    try figures(at: place, known: nil)
  }

  func figures(at place: JoinPlace, known: KnownFrames?) throws -> JoinFigures {
    try JoinGauge(known: known, decode: picture).figures(at: place)
  }

  /// Measures the places of `known` verdicts again; what was done about them is taken over.
  public func verdicts(
    again verdicts: [JoinVerdict], _ token: CancellationToken
  ) throws -> [JoinVerdict] {
    try self.verdicts(again: verdicts, known: nil, token)
  }

  func verdicts(
    again verdicts: [JoinVerdict], known: KnownFrames?, _ token: CancellationToken
  ) throws -> [JoinVerdict] {
    try verdicts.map { verdict in
      try token.check()
      return JoinVerdict(
        verdict.place, try figures(at: verdict.place, known: known), remedies: verdict.remedies,
        unmended: verdict.unmended)
    }
  }

  /// A JPEG of the four frames before a join and the four behind it, small, side by side.
  public func strip(at place: JoinPlace) throws -> [UInt8] {
    let frames =
      place.framesBefore.range.suffix(4).map(\.self) + place.framesAfter.range.prefix(4).map(\.self)
    return try JoinStrip.jpeg(of: try frames.map { try picture($0) }, size: size)
  }

  private func picture(_ frame: Int) throws -> PlanarFrame {
    guard (0..<scan.frames).contains(frame) else {
      throw OperationError(
        .verificationFailed, "\(scan.path): there is no frame \(frame), only \(scan.frames)",
        remedy: "make the film again")
    }
    guard let reader else {
      let reader = try PictureReader(scan, from: frame, size: size)
      self.reader = reader
      return try reader.picture(frame)
    }
    // A reader goes forwards; what is near is reached by decoding on.
    if !reader.isShortly(before: frame) { try reader.move(to: frame) }
    return try reader.picture(frame)
  }
}
