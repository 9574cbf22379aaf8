internal import CFFmpeg
internal import KeyreelCore

/// Brings decoded sound to 48 kHz, two sides, 32-bit floats; used on one thread only.
final class SoundConverter {
  private var context: OpaquePointer?
  private let isMono: Bool
  private let file: String
  private let frame: LibavFrame
  /// What comes in: the rate, the sample format and which channels there are.
  private let input: (rate: Int32, format: Int32, channels: [UInt8])

  /// A converter for sound in the format of `frame`.
  init(like frame: LibavFrame, file: String) throws {
    self.file = file
    self.frame = try LibavFrame()
    input = Self.format(of: frame)
    let channels = frame.pointer.pointee.ch_layout.nb_channels
    // Mono goes to both sides at full level; libav's own mixing would make it softer.
    isMono = channels == 1
    var source = AVChannelLayout()
    // Files without a layout have the usual one of their number of channels.
    if frame.pointer.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
      av_channel_layout_default(&source, channels)
    } else {
      av_channel_layout_copy(&source, &frame.pointer.pointee.ch_layout)
    }
    var target = AVChannelLayout()
    av_channel_layout_default(&target, isMono ? 1 : 2)
    defer {
      av_channel_layout_uninit(&source)
      av_channel_layout_uninit(&target)
    }
    try LibavError.check(
      swr_alloc_set_opts2(
        &context, &target, AV_SAMPLE_FMT_FLTP, Int32(SoundFormat.sampleRate), &source,
        AVSampleFormat(frame.pointer.pointee.format), frame.pointer.pointee.sample_rate, 0, nil),
      "preparing the sound", file: file)
    try LibavError.check(swr_init(context), "preparing the sound", file: file)
  }

  deinit { swr_free(&context) }

  /// Whether `frame` has the format that this converter was made for.
  ///
  /// MP3 and AAC may change it from one frame to the next.
  func fits(_ frame: LibavFrame) -> Bool { input == Self.format(of: frame) }

  /// libav's description of the channels, `stereo`, stands for the layout: it is never the same for two.
  private static func format(of frame: LibavFrame)
    -> (rate: Int32, format: Int32, channels: [UInt8])
  {
    var name = [CChar](repeating: 0, count: 256)
    av_channel_layout_describe(&frame.pointer.pointee.ch_layout, &name, name.count)
    let count = UInt8(truncatingIfNeeded: frame.pointer.pointee.ch_layout.nb_channels)
    return (
      frame.pointer.pointee.sample_rate, frame.pointer.pointee.format,
      [count] + name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    )
  }

  /// The samples of `frame`, or with `nil` those still inside; may be none.
  func convert(_ frame: LibavFrame?) throws -> (left: [Float], right: [Float]) {
    let room = Int(swr_get_out_samples(context, frame?.pointer.pointee.nb_samples ?? 0))
    guard room > 0 else { return ([], []) }
    try Self.makeBuffer(in: self.frame, samples: room)
    let input = frame.flatMap { UnsafeMutableRawPointer($0.pointer.pointee.extended_data) }
    let count = Int(
      try LibavError.check(
        swr_convert(
          context, self.frame.pointer.pointee.extended_data, Int32(room),
          input?.assumingMemoryBound(to: UnsafePointer<UInt8>?.self),
          frame?.pointer.pointee.nb_samples ?? 0),
        "rendering the sound", file: file))
    let left = Self.withSamples(of: self.frame, plane: 0) { Array($0.prefix(count)) }
    let right =
      isMono ? left : Self.withSamples(of: self.frame, plane: 1) { Array($0.prefix(count)) }
    return (left, right)
  }

  /// Gives `frame` room for `samples` samples of both sides.
  static func makeBuffer(in frame: LibavFrame, samples: Int) throws {
    av_frame_unref(frame.pointer)
    frame.pointer.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
    frame.pointer.pointee.sample_rate = Int32(SoundFormat.sampleRate)
    frame.pointer.pointee.nb_samples = Int32(samples)
    av_channel_layout_default(&frame.pointer.pointee.ch_layout, 2)
    try LibavError.check(
      av_frame_get_buffer(frame.pointer, 0), "allocating sound", file: "memory")
  }

  /// Calls `body` with the samples of side 0 or 1.
  static func withSamples<Result>(
    of frame: LibavFrame, plane: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    let count = Int(frame.pointer.pointee.nb_samples)
    let data = frame.pointer.pointee.extended_data?[plane]
    let start = data.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: Float.self) }
    return try body(UnsafeMutableBufferPointer(start: start, count: start == nil ? 0 : count))
  }
}
