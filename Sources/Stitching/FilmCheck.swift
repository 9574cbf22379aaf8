public import KeyreelCore
internal import Media
public import SystemPackage

/// What a film's packets tell: its frames and whether they follow one another at a constant rate.
public struct FilmCheck: Hashable, Sendable, Codable {
  /// Frames found.
  public var frames: Int
  /// Whether frames follow one another at exactly the film's rate, none doubled, none missing.
  public var isConstantRate: Bool
  /// Whether decode times rise strictly and no frame is shown before it is decoded.
  public var isDecodable: Bool
  /// Frames that were decoded, strictly, around joins.
  public var decoded: Int

  /// Looks at `film` and throws `verification-failed` when it is not what was expected.
  public init(_ film: FilePath, frames: Int, frameRate: FrameRate, size: PixelSize) throws {
    let scan = try PacketScan(film)
    self.frames = scan.frames
    isConstantRate = scan.isConstant(at: frameRate)
    isDecodable = zip(scan.entries, scan.entries.dropFirst()).allSatisfy {
      guard let left = $0.decodeTime, let right = $1.decodeTime else { return false }
      return left < right
    }
    decoded = 0
    let found = "\(film): the film"
    if scan.frames != frames {
      throw Self.failed("\(found) has \(scan.frames) frames instead of \(frames)")
    }
    if !isConstantRate { throw Self.failed("\(found) does not keep to \(frameRate) frames/s") }
    if !isDecodable { throw Self.failed("\(found) has decode times that do not rise") }
    if scan.format.size != size {
      throw Self.failed("\(found) is \(scan.format.size) instead of \(size)")
    }
  }

  static func failed(_ message: String) -> OperationError {
    OperationError(
      .verificationFailed, message, remedy: "run again; if it happens again, report it as a bug")
  }
}
