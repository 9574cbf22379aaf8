internal import CFFmpeg
internal import KeyreelCore
public import SystemPackage

/// Takes single frames out of a video, by the number of shown frames before them.
///
/// Pixels that are not square are made so, turned videos stand upright. Untagged YCbCr is taken for
/// BT.709 from 720 lines (or 1280 columns) on and for BT.601 below, as players do; clips of this
/// program are tagged. The packets are scanned once; keep the object for more frames of one file.
public final class VideoFrames: Sendable {
  /// What the video is.
  public let facts: VideoFacts
  private let path: FilePath
  private let name: String
  private let shown: ShownFrames
  private let stream: Int

  /// Scans the packets of `path`; `name` is what messages call it.
  public init(_ path: FilePath, name: String? = nil) throws {
    let name = name ?? path.string
    let (input, stream) = try MediaProbe.openVideo(path, name: name)
    self.path = path
    self.name = name
    self.stream = stream
    shown = try MediaProbe.scan(input, stream: stream)
    facts = try MediaProbe.facts(of: input, stream: stream, shown, name: name)
  }

  /// The shown frame with 0-based `index`, upright.
  ///
  /// Throws `notFound` when the video has fewer frames.
  public func picture(at index: Int) throws -> RGBPicture {
    guard index >= 0, index < facts.frames else {
      throw OperationError(
        .notFound, "\(name) has \(facts.frames) frames, so there is no frame \(index)",
        remedy: "frames count from 0 to \(facts.frames - 1)")
    }
    if !shown.lacksTimes, let found = try seek(to: shown.times[index]) { return found }
    return try count(to: index)
  }

  /// The last shown frame, upright.
  public func lastPicture() throws -> RGBPicture { try picture(at: facts.frames - 1) }

  /// Decodes from the key frame before `time`; `nil` when no frame comes out at exactly that time.
  private func seek(to time: Int64) throws -> RGBPicture? {
    let input = try InputFile(path)
    input.keepOnly([stream])
    guard av_seek_frame(input.context, Int32(stream), time, AVSEEK_FLAG_BACKWARD) >= 0 else {
      return nil
    }
    return try firstFrame(of: input) { frame, _ in
      frame.pointer.pointee.best_effort_timestamp == time
    }
  }

  private func count(to index: Int) throws -> RGBPicture {
    let input = try InputFile(path)
    input.keepOnly([stream])
    guard let found = try firstFrame(of: input, where: { $1 == index }) else {
      throw MediaFailure.damaged(name, "frame \(index) of \(facts.frames) does not decode")
    }
    return found
  }

  private func firstFrame(
    of input: InputFile, where isWanted: (LibavFrame, Int) -> Bool
  ) throws -> RGBPicture? {
    let decoder = try Decoder(input, stream: stream)
    let (packet, frame) = (try Packet(), try LibavFrame())
    var found: RGBPicture?
    var counted = 0
    func look(_ frame: LibavFrame) throws {
      guard found == nil else { return }
      if isWanted(frame, counted) { found = try convert(frame, of: input) }
      counted += 1
    }
    while found == nil, try input.read(into: packet) {
      if packet.stream == stream { try decoder.decode(packet, into: frame, look) }
    }
    if found == nil { try decoder.decode(nil, into: frame, look) }
    return found
  }

  private func convert(_ frame: LibavFrame, of input: InputFile) throws -> RGBPicture {
    if frame.pointer.pointee.colorspace == AVCOL_SPC_UNSPECIFIED {
      let isHD = frame.size.height >= 720 || frame.size.width >= 1280
      frame.pointer.pointee.colorspace = isHD ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
    }
    let shape = av_guess_sample_aspect_ratio(input.context, input.stream(stream), frame.pointer)
    let scaler = PictureScaler(
      to: Self.squarePixels(frame.size, shape), format: AV_PIX_FMT_RGB24)
    let picture = try PixelUnpacker.rgb(
      try scaler.convert(frame, file: name), hasAlpha: false, name: name)
    return picture.upright(from: facts.orientation)
  }

  /// The size that pixels of another shape fill when they are made square; never loses detail.
  private static func squarePixels(_ size: PixelSize, _ shape: AVRational) -> PixelSize {
    let shape = VideoFormat.believableShape(shape)
    let (wide, high) = (shape.numerator, shape.denominator)
    guard wide != high else { return size }
    return wide > high
      ? PixelSize(width: (2 * size.width * wide + high) / (2 * high), height: size.height)
      : PixelSize(width: size.width, height: (2 * size.height * high + wide) / (2 * wide))
  }
}
