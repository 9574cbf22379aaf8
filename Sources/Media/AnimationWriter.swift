internal import CFFmpeg
public import KeyreelCore
public import SystemPackage

/// Writes frames as an animated WebP or GIF that repeats for ever; used on one thread only.
///
/// A WebP's encoder keeps the whole animation in memory until its end.
public final class AnimationWriter {
  /// The kind of file.
  public enum Kind: Sendable {
    /// Animated WebP, with losses.
    case webp
    /// Animated GIF, 256 colours in each picture.
    case gif
  }

  private let encoder: EncoderContext
  private let kind: Kind
  private let output: OutputFile
  private let stream: Int
  private let scaler: PictureScaler
  private let rate: FrameRate
  private var count: Int64 = 0

  /// Creates `path`; on any error the caller removes it.
  public init(_ path: FilePath, as kind: Kind, size: PixelSize, frameRate: FrameRate) throws {
    _ = LibavLog.isQuiet
    self.kind = kind
    scaler = PictureScaler(to: size, format: kind == .gif ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_YUV420P)
    encoder = try EncoderContext(Self.find(kind), name: "preview")
    let context = encoder.pointer
    context.pointee.width = Int32(size.width)
    context.pointee.height = Int32(size.height)
    context.pointee.pix_fmt = kind == .gif ? AV_PIX_FMT_PAL8 : AV_PIX_FMT_YUV420P
    // Hundredths are what a GIF counts in.
    context.pointee.time_base =
      kind == .gif
      ? AVRational(num: 1, den: 100)
      : AVRational(num: Int32(frameRate.denominator), den: Int32(frameRate.numerator))
    context.pointee.thread_count = 1
    context.pointee.flags |= Int32(AV_CODEC_FLAG_BITEXACT)
    var options: OpaquePointer?
    if kind == .webp { av_dict_set(&options, "quality", "80", 0) }
    try encoder.open(options, "the encoder of the preview")
    output = try OutputFile(path, container: kind == .gif ? .gif : .webp)
    stream = try output.addStream(copying: context)
    rate = frameRate
  }

  /// Throws `unsupported` when the libraries have no encoder for `kind`.
  public static func require(_ kind: Kind) throws { _ = try find(kind) }

  private static func find(_ kind: Kind) throws -> UnsafePointer<AVCodec> {
    let name = kind == .gif ? "gif" : "libwebp_anim"
    guard let codec = avcodec_find_encoder_by_name(name) else {
      throw OperationError(
        .unsupported, "FFmpeg's libraries here have no encoder `\(name)`",
        remedy: "install FFmpeg with it, or name a preview of the other kind")
    }
    return codec
  }

  /// Adds one frame, scaled to the animation's size.
  public func append(_ picture: PlanarFrame) throws {
    let source = try LibavFrame(size: picture.size, format: AV_PIX_FMT_YUV420P)
    try source.fill(from: picture)
    source.pointer.pointee.colorspace = AVCOL_SPC_BT709
    source.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    let scaled = try scaler.convert(source, file: "preview")
    let frame = kind == .gif ? try Palette.reduce(scaled) : scaled
    frame.pointer.pointee.pts = time(count)
    frame.pointer.pointee.pkt_duration = time(count + 1) - time(count)
    count += 1
    try send(frame.pointer)
  }

  /// Writes what is left and closes the file.
  public func finish() throws {
    try send(nil)
    try output.finish()
  }

  /// The time of a picture in the encoder's ticks.
  private func time(_ index: Int64) -> Int64 {
    guard kind == .gif else { return index }
    let numerator = Int64(rate.numerator)
    return (2 * index * 100 * Int64(rate.denominator) + numerator) / (2 * numerator)
  }

  private func send(_ frame: UnsafeMutablePointer<AVFrame>?) throws {
    try encoder.send(frame) { packet in
      packet.stream = stream
      if packet.duration == 0 { packet.duration = time(count) - time(count - 1) }
      try output.write(packet)
    }
  }

  /// How many pictures an animated WebP or GIF has, by its own blocks.
  public static func pictures(in path: FilePath) throws -> Int {
    AnimationBlocks.count(try FileBytes.read(path, name: path.string))
  }
}
