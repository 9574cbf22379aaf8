internal import CFFmpeg
public import KeyreelCore
public import SystemPackage

/// Reads a video's frames in the order in which they are shown; used on one thread only.
///
/// Nothing is known beforehand and nothing is sought, so it tells what a plain player sees: tests hold
/// the other readers against it.
public final class FrameReader {
  private let input: InputFile
  private let decoder: Decoder
  private let scaler: PictureScaler
  private let stream: Int
  private let size: PixelSize

  /// Opens `path`; frames come in `size`, by default the video's own (cut to even numbers).
  public init(_ path: FilePath, size: PixelSize? = nil, strict: Bool = true) throws {
    input = try InputFile(path)
    guard let stream = input.videoStream else {
      throw OperationError(
        .unsupported, "\(path): there is no video in the file", remedy: "give a video file")
    }
    self.stream = stream
    input.keepOnly([stream])
    decoder = try Decoder(input, stream: stream, strict: strict)
    let own = decoder.context.pointee
    self.size = size ?? PixelSize(width: Int(own.width) & ~1, height: Int(own.height) & ~1)
    scaler = PictureScaler(to: self.size, format: AV_PIX_FMT_YUV420P)
  }

  /// Calls `body` with every frame, numbered from 0, until it returns `false`.
  public func forEach(_ body: (Int, PlanarFrame) throws -> Bool) throws {
    let packet = try Packet()
    let frame = try LibavFrame()
    var index = 0
    var goesOn = true
    func take(_ frame: LibavFrame) throws {
      guard goesOn else { return }
      goesOn = try body(index, try planar(frame))
      index += 1
    }
    while goesOn, try input.read(into: packet) {
      guard packet.stream == stream else { continue }
      try decoder.decode(packet, into: frame, take)
    }
    if goesOn { try decoder.decode(nil, into: frame, take) }
  }

  private func planar(_ frame: LibavFrame) throws -> PlanarFrame {
    let isReady = frame.format == AV_PIX_FMT_YUV420P && frame.size == size
    return try isReady
      ? frame.planarFrame() : scaler.convert(frame, file: input.path.string).planarFrame()
  }
}
