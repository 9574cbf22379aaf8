internal import CFFmpeg
public import KeyreelCore
public import SystemPackage

/// The kinds of files that films are written as.
public enum FilmContainer: String, Hashable, Sendable, CaseIterable {
  /// MPEG-4, ISO/IEC 14496-14.
  case mp4
  /// QuickTime.
  case mov
  /// WebM.
  case webm
  /// Animated WebP.
  case webp
  /// Animated GIF.
  case gif

  /// Whether the index stands in front.
  var hasIndex: Bool { self == .mp4 || self == .mov }
}

/// An mp4 or other media file opened for writing, packet by packet; used on one thread only.
///
/// The bytes depend on the packets alone: no date, no host, no library version is written. The index
/// stands at the front (faststart). A file that was not finished is not a film; the caller removes it.
public final class OutputFile {
  let context: UnsafeMutablePointer<AVFormatContext>
  private let path: FilePath
  private var sourceTicks: [AVRational] = []
  private var isHeaderWritten = false
  private let indexSize: Int?
  let container: FilmContainer

  /// Creates `path` as an mp4, or another `container`, with these metadata (`title`, `comment`, …).
  ///
  /// With `indexSize`, that many bytes are kept free for the index in front; without, everything is
  /// moved at the end to make room for it, which writes the file twice.
  public init(
    _ path: FilePath, metadata: [(key: String, value: String)] = [], indexSize: Int? = nil,
    container: FilmContainer = .mp4
  ) throws {
    _ = LibavLog.isQuiet
    self.container = container
    self.path = path
    self.indexSize = indexSize
    var made: UnsafeMutablePointer<AVFormatContext>?
    try LibavError.check(
      avformat_alloc_output_context2(&made, nil, container.rawValue, "file:" + path.string),
      "creating", file: path.string)
    guard let made else {
      throw LibavError.error(avx_error_no_memory, "creating", file: path.string)
    }
    context = made
    context.pointee.flags |= AVFMT_FLAG_BITEXACT
    for (key, value) in metadata { av_dict_set(&context.pointee.metadata, key, value, 0) }
    try LibavError.check(
      avio_open(&context.pointee.pb, "file:" + path.string, AVIO_FLAG_WRITE), "creating",
      file: path.string)
  }

  deinit {
    avio_closep(&context.pointee.pb)
    avformat_free_context(context)
  }

  /// Adds the stream that `encoder` makes; returns its 0-based index.
  public func addStream(of encoder: VideoEncoder) throws -> Int {
    try addStream(copying: encoder.context)
  }

  /// Adds a stream of what `encoder` makes; returns its 0-based index.
  func addStream(copying encoder: UnsafeMutablePointer<AVCodecContext>) throws -> Int {
    let stream = try newStream(ticks: encoder.pointee.time_base)
    try LibavError.check(
      avcodec_parameters_from_context(stream.pointee.codecpar, encoder),
      "adding a stream", file: path.string)
    stream.pointee.avg_frame_rate = encoder.pointee.framerate
    return Int(stream.pointee.index)
  }

  /// Adds a stream of H.264 packets that are copied; returns its 0-based index.
  ///
  /// Packets have times in frames. With `inBand`, parameter sets may stand in the packets too (`avc3`).
  public func addStream(
    _ configuration: AVCConfiguration, size: PixelSize, frameRate: FrameRate, inBand: Bool
  ) throws -> Int {
    let rate = AVRational(num: Int32(frameRate.numerator), den: Int32(frameRate.denominator))
    let stream = try newStream(ticks: AVRational(num: rate.den, den: rate.num))
    stream.pointee.avg_frame_rate = rate
    guard let parameters = stream.pointee.codecpar else {
      throw LibavError.error(avx_error_no_memory, "adding a stream", file: path.string)
    }
    parameters.pointee.codec_type = AVMEDIA_TYPE_VIDEO
    parameters.pointee.codec_id = AV_CODEC_ID_H264
    parameters.pointee.codec_tag = inBand ? avx_tag(97, 118, 99, 51) : avx_tag(97, 118, 99, 49)
    parameters.pointee.width = Int32(size.width)
    parameters.pointee.height = Int32(size.height)
    parameters.pointee.format = AV_PIX_FMT_YUV420P.rawValue
    parameters.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    parameters.pointee.color_range = AVCOL_RANGE_MPEG
    parameters.pointee.color_space = AVCOL_SPC_BT709
    parameters.pointee.color_primaries = AVCOL_PRI_BT709
    parameters.pointee.color_trc = AVCOL_TRC_BT709
    let record = configuration.record
    guard let data = av_mallocz(record.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)) else {
      throw LibavError.error(avx_error_no_memory, "adding a stream", file: path.string)
    }
    data.copyMemory(from: record, byteCount: record.count)
    parameters.pointee.extradata = data.assumingMemoryBound(to: UInt8.self)
    parameters.pointee.extradata_size = Int32(record.count)
    return Int(stream.pointee.index)
  }

  /// Adds the sound that `encoder` makes; returns its 0-based index.
  public func addStream(of encoder: SoundEncoder) throws -> Int {
    let stream = try newStream(ticks: encoder.context.pointee.time_base)
    try LibavError.check(
      avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context),
      "adding a stream", file: path.string)
    return Int(stream.pointee.index)
  }

  /// Adds an empty stream whose packets have times in `ticks`; the caller fills in `codecpar`.
  func newStream(ticks: AVRational) throws -> UnsafeMutablePointer<AVStream> {
    guard let stream = avformat_new_stream(context, nil) else {
      throw LibavError.error(avx_error_no_memory, "adding a stream", file: path.string)
    }
    stream.pointee.time_base = ticks
    sourceTicks.append(ticks)
    return stream
  }

  /// Writes one packet; packets of all streams arrive in the order of their decode times.
  public func write(_ packet: Packet) throws {
    try writeHeader()
    guard let stream = context.pointee.streams[packet.stream] else {
      preconditionFailure("a packet belongs to a stream of the file")
    }
    av_packet_rescale_ts(packet.pointer, sourceTicks[packet.stream], stream.pointee.time_base)
    packet.pointer.pointee.pos = -1
    try LibavError.check(
      av_interleaved_write_frame(context, packet.pointer), "writing", file: path.string)
  }

  /// Writes the index and flushes; throws when any byte could not be written.
  public func finish() throws {
    try writeHeader()
    try LibavError.check(av_write_trailer(context), "finishing", file: path.string)
    avio_flush(context.pointee.pb)
    if let error = context.pointee.pb?.pointee.error, error < 0 {
      throw LibavError.error(error, "writing", file: path.string)
    }
    try LibavError.check(avio_closep(&context.pointee.pb), "closing", file: path.string)
  }

  private func writeHeader() throws {
    guard !isHeaderWritten else { return }
    isHeaderWritten = true
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    if container.hasIndex {
      // The film's own clock counts samples and frames alike, so that no length is rounded.
      av_dict_set(&options, "movie_timescale", String(commonTicks()), 0)
      if let indexSize {
        av_dict_set(&options, "moov_size", String(indexSize), 0)
      } else {
        av_dict_set(&options, "movflags", "+faststart", 0)
      }
    }
    if container == .gif || container == .webp { av_dict_set(&options, "loop", "0", 0) }
    // No `video_track_timescale`: the muxer takes the stream's own tick, one frame, and halves it
    // until it is short. So every rate is exact, 24000/1001 too.
    try LibavError.check(
      avformat_write_header(context, &options), "writing the header", file: path.string)
  }
  /// Ticks per second in which every stream's ticks are whole, and milliseconds too.
  private func commonTicks() -> Int {
    sourceTicks.reduce(1000) { common, tick in
      let other = Int(tick.den)
      var (left, right) = (common, other)
      while right != 0 { (left, right) = (right, left % right) }
      return min(common / left * other, 1 << 30)
    }
  }
}
