internal import CFFmpeg
internal import KeyreelCore

/// How sound is written.
public enum SoundCodec: String, Hashable, Sendable, CaseIterable {
  /// AAC with 192 kbit/s, for mp4.
  case aac
  /// Opus with 160 kbit/s, for WebM.
  case opus
  /// 24-bit samples as they are, for editors.
  case pcm

  var encoder: String {
    switch self {
    case .aac: "aac"
    case .opus: "libopus"
    case .pcm: "pcm_s24le"
    }
  }
}

/// Makes packets from 48 kHz stereo, in constant memory; used on one thread only.
public final class SoundEncoder {
  private let encoder: EncoderContext
  private let frame: LibavFrame
  private var waiting: StereoSamples = ([], [])
  private var position: Int64 = 0

  /// Opens the encoder; throws `unsupported` when the libraries were built without it.
  public init(_ codec: SoundCodec) throws {
    _ = LibavLog.isQuiet
    frame = try LibavFrame()
    let found = try Self.find(codec)
    encoder = try EncoderContext(found)
    let context = encoder.pointer
    context.pointee.sample_fmt = found.pointee.sample_fmts?.pointee ?? AV_SAMPLE_FMT_FLTP
    context.pointee.sample_rate = Int32(SoundFormat.sampleRate)
    av_channel_layout_default(&context.pointee.ch_layout, 2)
    if codec != .pcm { context.pointee.bit_rate = codec == .aac ? 192_000 : 160_000 }
    context.pointee.time_base = AVRational(num: 1, den: Int32(SoundFormat.sampleRate))
    context.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER) | Int32(AV_CODEC_FLAG_BITEXACT)
    try encoder.open(nil, "the encoder \(codec.encoder)")
  }

  var context: UnsafeMutablePointer<AVCodecContext> { encoder.pointer }

  /// Throws `unsupported` when the libraries have no encoder for `codec`.
  public static func require(_ codec: SoundCodec) throws { _ = try find(codec) }

  private static func find(_ codec: SoundCodec) throws -> UnsafePointer<AVCodec> {
    guard let found = avcodec_find_encoder_by_name(codec.encoder) else {
      throw OperationError(
        .unsupported, "FFmpeg's libraries here have no encoder `\(codec.encoder)`",
        remedy: "install FFmpeg with it, or name an output of another kind")
    }
    return found
  }

  /// Samples of one packet.
  public var stretch: Int {
    let size = Int(context.pointee.frame_size)
    return size > 0 ? size : 1024
  }

  /// Encodes more samples and calls `body` with each packet that comes out.
  ///
  /// Packets have times in samples; the packet is reused.
  public func encode(
    _ samples: (left: [Float], right: [Float]), _ body: (Packet) throws -> Void
  ) throws {
    waiting.left += samples.left
    waiting.right += samples.right
    while waiting.left.count >= stretch { try send(stretch, body) }
  }

  /// Calls `body` with all that is still inside; nothing may be encoded afterwards.
  public func finish(_ body: (Packet) throws -> Void) throws {
    if !waiting.left.isEmpty { try send(waiting.left.count, body) }
    try encoder.send(nil, body)
  }

  private func send(_ count: Int, _ body: (Packet) throws -> Void) throws {
    try fill(count)
    waiting.left.removeFirst(count)
    waiting.right.removeFirst(count)
    frame.pointer.pointee.pts = position
    position += Int64(count)
    try encoder.send(frame.pointer, body)
  }

  private func fill(_ count: Int) throws {
    av_frame_unref(frame.pointer)
    let format = context.pointee.sample_fmt
    frame.pointer.pointee.format = format.rawValue
    frame.pointer.pointee.sample_rate = Int32(SoundFormat.sampleRate)
    frame.pointer.pointee.nb_samples = Int32(count)
    av_channel_layout_default(&frame.pointer.pointee.ch_layout, 2)
    try LibavError.check(
      av_frame_get_buffer(frame.pointer, 0), "allocating sound", file: "memory")
    guard let planes = frame.pointer.pointee.extended_data else { return }
    for (side, samples) in [waiting.left, waiting.right].enumerated() {
      let isPlanar = av_sample_fmt_is_planar(format) == 1
      guard let data = planes[isPlanar ? side : 0] else { return }
      let (first, step) = isPlanar ? (0, 1) : (side, 2)
      write(samples[..<count], to: UnsafeMutableRawPointer(data), first, step)
    }
  }

  private func write(
    _ samples: ArraySlice<Float>, to data: UnsafeMutableRawPointer, _ first: Int, _ step: Int
  ) {
    switch context.pointee.sample_fmt {
    case AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S16P:
      let target = data.assumingMemoryBound(to: Int16.self)
      for (index, sample) in samples.enumerated() {
        target[first + index * step] = Int16(max(-32768, min(32767, (sample * 32768).rounded())))
      }
    case AV_SAMPLE_FMT_S32, AV_SAMPLE_FMT_S32P:
      // 24 bits in the upper bytes: more is noise, and a float has no more.
      let target = data.assumingMemoryBound(to: Int32.self)
      for (index, sample) in samples.enumerated() {
        let value = max(-8_388_608, min(8_388_607, (sample * 8_388_608).rounded()))
        target[first + index * step] = Int32(value) << 8
      }
    default:
      let target = data.assumingMemoryBound(to: Float.self)
      for (index, sample) in samples.enumerated() { target[first + index * step] = sample }
    }
  }
}
