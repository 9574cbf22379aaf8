internal import CFFmpeg
internal import KeyreelCore
public import SystemPackage

/// How a piece of music becomes a film's sound; times are in samples of 48 kHz.
public struct SoundSettings: Hashable, Sendable {
  /// Samples per second of every film's sound.
  public static let sampleRate = 48_000

  /// The music.
  public var path: FilePath
  /// Where in the music the sound begins, in nanoseconds.
  public var start: Int64
  /// Louder or softer, in hundredths of a decibel.
  public var gain: Int
  /// Samples of fade at the beginning.
  public var fadeIn: Int
  /// Samples of fade at the end.
  public var fadeOut: Int
  /// Samples in all; music that is shorter is followed by silence.
  public var samples: Int

  /// Sound of exactly `samples` samples.
  public init(
    path: FilePath, start: Int64 = 0, gain: Int = 0, fadeIn: Int = 0, fadeOut: Int = 0,
    samples: Int
  ) {
    self.path = path
    self.start = start
    self.gain = gain
    self.fadeIn = fadeIn
    self.fadeOut = fadeOut
    self.samples = samples
  }
}

/// Renders music as AAC packets, a little at a time, in constant memory; used on one thread only.
public final class SoundRenderer {
  let encoder: UnsafeMutablePointer<AVCodecContext>
  private let source: SoundSource
  private let settings: SoundSettings
  private let frame: LibavFrame
  private var position: Int64 = 0
  private var isFlushed = false

  /// Opens the music; throws an ``OperationError`` that names the file.
  public init(_ settings: SoundSettings) throws {
    self.settings = settings
    source = try SoundSource(settings)
    frame = try LibavFrame()
    guard let codec = avcodec_find_encoder(AV_CODEC_ID_AAC),
      let context = avcodec_alloc_context3(codec)
    else {
      throw LibavError.error(
        avx_error_encoder_not_found, "opening the AAC encoder", file: "encoder")
    }
    encoder = context
    context.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
    context.pointee.sample_rate = Int32(SoundSettings.sampleRate)
    av_channel_layout_default(&context.pointee.ch_layout, 2)
    context.pointee.bit_rate = 192_000
    context.pointee.time_base = AVRational(num: 1, den: Int32(SoundSettings.sampleRate))
    context.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER) | Int32(AV_CODEC_FLAG_BITEXACT)
    try LibavError.check(
      avcodec_open2(context, codec, nil), "opening the AAC encoder", file: "encoder")
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = encoder
    avcodec_free_context(&context)
  }

  /// Reads the next packet into `packet`, with times in samples; `false` at the end.
  public func read(into packet: Packet) throws -> Bool {
    while true {
      let code = avcodec_receive_packet(encoder, packet.pointer)
      if code == avx_error_eof { return false }
      guard code == avx_error_again else {
        try LibavError.check(code, "encoding sound", file: "encoder")
        return true
      }
      try feed()
    }
  }

  private func feed() throws {
    guard !isFlushed, try source.read(into: frame) else {
      isFlushed = true
      try LibavError.check(avcodec_send_frame(encoder, nil), "encoding sound", file: "encoder")
      return
    }
    frame.pointer.pointee.pts = position
    position += Int64(frame.pointer.pointee.nb_samples)
    try LibavError.check(
      avcodec_send_frame(encoder, frame.pointer), "encoding sound", file: "encoder")
  }
}
