internal import CFFmpeg
internal import KeyreelCore
internal import SystemPackage

/// Decodes one stream of a file; used on one thread only.
final class Decoder {
  let context: UnsafeMutablePointer<AVCodecContext>
  private let file: String
  /// Pictures beyond the largest size of cinema, 8192 × 4320, are a header's lie.
  private static let mostPixels: Int64 = 8192 * 4320

  /// Codecs whose strict decoders may use several threads.
  ///
  /// libavcodec ends the process (`frame->buf[0]` in decode.c) when a strict MPEG-4 decoder with threads
  /// meets a damaged first picture.
  private static let endWellOnThreads: [AVCodecID] = [
    AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1, AV_CODEC_ID_PRORES,
  ]

  /// A decoder for stream `index` of `input`; `strict` ones report damage instead of hiding it.
  init(_ input: InputFile, stream index: Int, strict: Bool = true, threads: Int = 1) throws {
    file = input.path.string
    let stream = input.stream(index)
    guard let parameters = stream.pointee.codecpar,
      let codec = avcodec_find_decoder(parameters.pointee.codec_id),
      let context = avcodec_alloc_context3(codec)
    else {
      throw LibavError.error(avx_error_decoder_not_found, "finding a decoder", file: file)
    }
    self.context = context
    try LibavError.check(
      avcodec_parameters_to_context(context, parameters), "setting up the decoder", file: file)
    context.pointee.max_pixels = Self.mostPixels
    context.pointee.pkt_timebase = stream.pointee.time_base
    context.pointee.thread_count = Int32(
      strict && !Self.endWellOnThreads.contains(codec.pointee.id) ? 1 : threads)
    if strict {
      context.pointee.err_recognition |= Int32(AV_EF_EXPLODE) | Int32(AV_EF_CRCCHECK)
    }
    try LibavError.check(avcodec_open2(context, codec, nil), "opening the decoder", file: file)
  }

  /// A strict decoder of packets that stand in no file, with what a stream's header tells.
  init(
    _ codec: AVCodecID, header: [UInt8],
    configure: (UnsafeMutablePointer<AVCodecContext>) -> Void = { _ in }
  ) throws {
    file = "memory"
    guard let codec = avcodec_find_decoder(codec), let context = avcodec_alloc_context3(codec)
    else {
      throw LibavError.error(avx_error_decoder_not_found, "finding a decoder", file: file)
    }
    self.context = context
    guard let data = av_mallocz(header.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)) else {
      throw LibavError.error(avx_error_no_memory, "setting up the decoder", file: file)
    }
    data.copyMemory(from: header, byteCount: header.count)
    context.pointee.extradata = data.assumingMemoryBound(to: UInt8.self)
    context.pointee.extradata_size = Int32(header.count)
    context.pointee.thread_count = 1
    context.pointee.err_recognition |= Int32(AV_EF_EXPLODE) | Int32(AV_EF_CRCCHECK)
    configure(context)
    try LibavError.check(avcodec_open2(context, codec, nil), "opening the decoder", file: file)
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
  }

  /// Hands in a packet, `nil` at the end, and calls `body` with every frame that comes out.
  ///
  /// The frame is reused: `body` must copy what it keeps.
  func decode(_ packet: Packet?, into frame: LibavFrame, _ body: (LibavFrame) throws -> Void) throws
  {
    try send(packet)
    while true {
      let code = avcodec_receive_frame(context, frame.pointer)
      if code == avx_error_again || code == avx_error_eof { return }
      try LibavError.check(code, "decoding", file: file)
      try body(frame)
    }
  }

  /// As ``decode(_:into:_:)``, but leaves out what does not decode: slips in music are heard as nothing.
  func decodeWhatIsWhole(
    _ packet: Packet?, into frame: LibavFrame, _ body: (LibavFrame) throws -> Void
  ) throws {
    do {
      try decode(packet, into: frame, body)
    } catch let error as OperationError where [.corrupt, .unsupported].contains(error.code) {
      return
    }
  }

  /// Hands in a packet, `nil` at the end.
  func send(_ packet: Packet?) throws {
    let sent = avcodec_send_packet(context, packet?.pointer)
    if sent != avx_error_eof { try LibavError.check(sent, "decoding", file: file) }
  }
}
