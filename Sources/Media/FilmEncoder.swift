internal import CFFmpeg
public import KeyreelCore

/// Makes packets of any codec of films from frames, in constant memory; used on one thread only.
///
/// Threads and settings are constants, so that the same libraries make the same bytes.
public final class FilmEncoder {
  private let encoder: EncoderContext
  private let scaler: PictureScaler
  private let source: LibavFrame
  private let format: AVPixelFormat
  private var count: Int64 = 0

  /// Opens an encoder for `codec`; throws `unsupported` when the libraries have none.
  public init(_ codec: FilmCodec, size: PixelSize, frameRate: FrameRate, crf: Int?) throws {
    _ = LibavLog.isQuiet
    let found = try Self.find(codec)
    format = codec == .prores ? AV_PIX_FMT_YUV422P10LE : AV_PIX_FMT_YUV420P
    scaler = PictureScaler(to: size, format: format)
    source = try LibavFrame(size: size, format: AV_PIX_FMT_YUV420P)
    encoder = try EncoderContext(found)
    let context = encoder.pointer
    context.pointee.width = Int32(size.width)
    context.pointee.height = Int32(size.height)
    context.pointee.pix_fmt = format
    let rate = (num: Int32(frameRate.numerator), den: Int32(frameRate.denominator))
    context.pointee.time_base = AVRational(num: rate.den, den: rate.num)
    context.pointee.framerate = AVRational(num: rate.num, den: rate.den)
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.gop_size = max(12, 2 * rate.num / rate.den)
    context.pointee.thread_count = codec == .prores ? 1 : 2
    context.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER) | Int32(AV_CODEC_FLAG_BITEXACT)
    context.pointee.color_range = AVCOL_RANGE_MPEG
    context.pointee.colorspace = AVCOL_SPC_BT709
    context.pointee.color_primaries = AVCOL_PRI_BT709
    context.pointee.color_trc = AVCOL_TRC_BT709
    // The tag under which Apple's players take HEVC.
    if codec == .hevc { context.pointee.codec_tag = avx_tag(104, 118, 99, 49) }
    try encoder.open(
      Self.options(codec, name: String(cString: found.pointee.name), crf: crf),
      "the \(codec.rawValue) encoder for \(size)")
  }

  var context: UnsafeMutablePointer<AVCodecContext> { encoder.pointer }

  /// Throws `unsupported` when the libraries have no encoder for `codec`.
  public static func require(_ codec: FilmCodec) throws { _ = try find(codec) }

  /// Encodes one more frame and calls `body` with each packet that comes out; times are in frames, the
  /// packet is reused.
  public func encode(_ picture: PlanarFrame, _ body: (Packet) throws -> Void) throws {
    try source.fill(from: picture)
    source.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    source.pointer.pointee.colorspace = AVCOL_SPC_BT709
    let frame =
      format == AV_PIX_FMT_YUV420P ? source : try scaler.convert(source, file: "encoder")
    frame.pointer.pointee.pts = count
    frame.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    frame.pointer.pointee.colorspace = AVCOL_SPC_BT709
    frame.pointer.pointee.color_primaries = AVCOL_PRI_BT709
    frame.pointer.pointee.color_trc = AVCOL_TRC_BT709
    count += 1
    try send(frame.pointer, body)
  }

  /// Calls `body` with the packets still inside; nothing may be encoded afterwards.
  public func finish(_ body: (Packet) throws -> Void) throws { try send(nil, body) }

  private func send(_ frame: UnsafeMutablePointer<AVFrame>?, _ body: (Packet) throws -> Void) throws
  {
    try encoder.send(frame) { packet in
      packet.duration = 1
      try body(packet)
    }
  }

  private static func find(_ codec: FilmCodec) throws -> UnsafePointer<AVCodec> {
    let names = names(of: codec)
    for name in names {
      if let found = avcodec_find_encoder_by_name(name) { return found }
    }
    throw OperationError(
      .unsupported,
      "FFmpeg's libraries here have no encoder for \(codec.rawValue) (\(names.joined(separator: ", ")))",
      remedy: "install FFmpeg with it, or choose another codec for this output")
  }

  private static func names(of codec: FilmCodec) -> [String] {
    switch codec {
    case .h264: ["libx264"]
    case .hevc: ["libx265"]
    case .prores: ["prores_ks"]
    case .vp9: ["libvpx-vp9"]
    case .av1: ["libsvtav1", "libaom-av1"]
    }
  }

  private static func options(_ codec: FilmCodec, name: String, crf: Int?) -> OpaquePointer? {
    var options: OpaquePointer?
    func set(_ key: String, _ value: String) { av_dict_set(&options, key, value, 0) }
    if let crf { set("crf", String(crf)) }
    switch codec {
    case .h264:
      set("preset", "medium")
      // As for the film itself: without the macroblock tree the bytes are always the same.
      set("x264-params", "mbtree=0:open-gop=0")
    case .hevc:
      set("preset", "medium")
      set("x265-params", "log-level=none:info=0:frame-threads=1:open-gop=0")
    case .prores:
      set("profile", "hq")
      set("vendor", "apl0")
    case .vp9:
      set("b", "0")
      set("deadline", "good")
      set("cpu-used", "4")
      set("row-mt", "1")
    case .av1:
      if name == "libsvtav1" {
        set("preset", "8")
      } else {
        set("b", "0")
        set("cpu-used", "6")
        set("row-mt", "1")
      }
    }
    return options
  }
}

extension OutputFile {
  /// Adds the stream that `encoder` makes; returns its 0-based index.
  public func addStream(of encoder: FilmEncoder) throws -> Int {
    try addStream(copying: encoder.context)
  }
}
