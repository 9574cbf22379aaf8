internal import CFFmpeg
internal import KeyreelCore
public import SystemPackage

/// An mp4 file opened for writing, packet by packet; used on one thread only.
///
/// The bytes depend on the packets alone: no date, no host, no library version is written. The index
/// stands at the front (faststart). A file that was not finished is not a film; the caller removes it.
public final class OutputFile {
  let context: UnsafeMutablePointer<AVFormatContext>
  private let path: FilePath
  private var sourceTicks: [AVRational] = []
  private var isHeaderWritten = false

  /// Creates `path` as an mp4 with these metadata (`title`, `comment`, …).
  public init(_ path: FilePath, metadata: [(key: String, value: String)] = []) throws {
    _ = LibavLog.isQuiet
    self.path = path
    var made: UnsafeMutablePointer<AVFormatContext>?
    try LibavError.check(
      avformat_alloc_output_context2(&made, nil, "mp4", "file:" + path.string), "creating",
      file: path.string)
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
    let stream = try newStream(ticks: encoder.context.pointee.time_base)
    try LibavError.check(
      avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context),
      "adding a stream", file: path.string)
    stream.pointee.avg_frame_rate = encoder.context.pointee.framerate
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
    av_dict_set(&options, "movflags", "+faststart", 0)
    // One tick per 1/1000 frame or finer for all common rates, whatever libav's default may become.
    av_dict_set(&options, "video_track_timescale", "90000", 0)
    try LibavError.check(
      avformat_write_header(context, &options), "writing the header", file: path.string)
  }
}
