internal import CFFmpeg
public import KeyreelCore

/// How H.264 is made.
public struct VideoSettings: Hashable, Sendable {
  /// Picture size, even in both directions.
  public var size: PixelSize
  /// Frames per second.
  public var frameRate: FrameRate
  /// Constant rate factor, 0…51; lower is better and larger.
  public var crf: Int
  /// x264's preset.
  public var preset: String
  /// Frames from one key frame to the next.
  public var keyInterval: Int
  /// Consecutive B frames; 0 makes every frame droppable at the end.
  public var bFrames: Int
  /// Threads of the encoder; a constant, because the stream depends on it.
  public var threads: Int
  /// Further settings in x264's own words, `sps-id=1:ref=1`.
  public var options: String
  /// Whether the stream says that it is BT.709.
  public var isColorTagged: Bool

  /// Settings for a picture `size` and `frameRate`.
  public init(
    size: PixelSize, frameRate: FrameRate, crf: Int = 16, preset: String = "veryfast",
    keyInterval: Int = 30, bFrames: Int = 0, threads: Int = 1, options: String = "",
    isColorTagged: Bool = true
  ) {
    self.size = size
    self.frameRate = frameRate
    self.crf = crf
    self.preset = preset
    self.keyInterval = keyInterval
    self.bFrames = bFrames
    self.threads = threads
    self.options = options
    self.isColorTagged = isColorTagged
  }
}

/// Makes H.264 packets from frames, in constant memory; used on one thread only.
public final class VideoEncoder {
  private let encoder: EncoderContext
  private let frame: LibavFrame
  private var count: Int64 = 0

  /// Opens libx264; throws `unsupported` when the libraries were built without it.
  public init(_ settings: VideoSettings) throws {
    _ = LibavLog.isQuiet
    frame = try LibavFrame(size: settings.size, format: AV_PIX_FMT_YUV420P)
    guard let codec = avcodec_find_encoder_by_name("libx264") else {
      throw LibavError.error(avx_error_encoder_not_found, "opening libx264", file: "encoder")
    }
    encoder = try EncoderContext(codec)
    Self.configure(encoder.pointer, settings)
    var options: OpaquePointer?
    av_dict_set(&options, "preset", settings.preset, 0)
    av_dict_set(&options, "crf", String(settings.crf), 0)
    // Without x264's macroblock tree: with it, encoders that run at the same time in one process gave
    // a few per cent of tiny clips other bytes, from equal frames and with one thread each.
    let interval = settings.keyInterval
    let fixed = "scenecut=0:open-gop=0:mbtree=0:keyint=\(interval):min-keyint=\(interval)"
    let extra = settings.options.isEmpty ? "" : ":" + settings.options
    av_dict_set(&options, "x264-params", fixed + extra, 0)
    try encoder.open(options, "libx264 for \(settings.size)")
  }

  var context: UnsafeMutablePointer<AVCodecContext> { encoder.pointer }

  /// Names and versions of the encoding libraries: bytes are the same only with the same ones.
  ///
  /// `x264 164 r3095 baee400, FFmpeg 5.1.9`. x264 says which it is only in what it has encoded.
  public static let version: String = {
    let libraries = "FFmpeg \(String(cString: av_version_info()))"
    let settings = VideoSettings(
      size: PixelSize(width: 16, height: 16), frameRate: .thirty, preset: "ultrafast")
    var coded: [UInt8] = []
    if let encoder = try? VideoEncoder(settings) {
      try? encoder.encode(.black(settings.size)) { coded += $0.bytes }
      try? encoder.finish { coded += $0.bytes }
    }
    let text = String(decoding: coded.filter { (32...126).contains($0) }, as: UTF8.self)
    let build = text.split(separator: "x264 - core ", maxSplits: 1).last?
      .split(separator: " - ", maxSplits: 1).first
    guard text.contains("x264 - core "), let build, build.utf8.count < 80 else {
      return "libx264, \(libraries)"
    }
    return "x264 \(build), \(libraries)"
  }()

  /// The parameter sets of everything that this encoder makes.
  public var configuration: AVCConfiguration? {
    guard let data = context.pointee.extradata else { return nil }
    let count = Int(context.pointee.extradata_size)
    return AVCConfiguration(extradata: Array(UnsafeBufferPointer(start: data, count: count)))
  }

  /// Frames handed in so far.
  public var frames: Int { Int(count) }

  /// Encodes one more frame and calls `body` with each packet that comes out.
  ///
  /// Packets have times in frames, counted from 0; the packet is reused.
  public func encode(_ picture: PlanarFrame, _ body: (Packet) throws -> Void) throws {
    try frame.fill(from: picture)
    frame.pointer.pointee.pts = count
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

  private static func configure(
    _ context: UnsafeMutablePointer<AVCodecContext>, _ settings: VideoSettings
  ) {
    let rate = settings.frameRate
    context.pointee.width = Int32(settings.size.width)
    context.pointee.height = Int32(settings.size.height)
    context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    context.pointee.time_base = AVRational(num: Int32(rate.denominator), den: Int32(rate.numerator))
    context.pointee.framerate = AVRational(num: Int32(rate.numerator), den: Int32(rate.denominator))
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.gop_size = Int32(settings.keyInterval)
    context.pointee.max_b_frames = Int32(settings.bFrames)
    context.pointee.thread_count = Int32(settings.threads)
    context.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER) | Int32(AV_CODEC_FLAG_BITEXACT)
    guard settings.isColorTagged else { return }
    context.pointee.color_range = AVCOL_RANGE_MPEG
    context.pointee.colorspace = AVCOL_SPC_BT709
    context.pointee.color_primaries = AVCOL_PRI_BT709
    context.pointee.color_trc = AVCOL_TRC_BT709
  }
}
