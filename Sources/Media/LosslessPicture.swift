internal import CFFmpeg
public import KeyreelCore

/// Pictures in a form without loss that is quick to read: Ut Video, about half as large as the pixels.
public enum LosslessPicture {
  /// `picture` in that form.
  public static func encode(_ picture: PlanarFrame) throws -> [UInt8] {
    _ = LibavLog.isQuiet
    guard let codec = avcodec_find_encoder(AV_CODEC_ID_UTVIDEO) else {
      throw LibavError.error(avx_error_encoder_not_found, "keeping a picture", file: "picture")
    }
    let encoder = try EncoderContext(codec, name: "picture")
    set(encoder.pointer, picture.size)
    encoder.pointer.pointee.time_base = AVRational(num: 1, den: 1)
    try encoder.open(nil, "the encoder of kept pictures")
    let frame = try LibavFrame(size: picture.size, format: AV_PIX_FMT_YUV420P)
    try frame.fill(from: picture)
    frame.pointer.pointee.pts = 0
    var bytes: [UInt8] = []
    for frame in [frame.pointer, nil] {
      try encoder.send(frame) { bytes += Array($0.bytes) }
    }
    // The decoder needs what the encoder says of the stream.
    let header = UnsafeBufferPointer(
      start: encoder.pointer.pointee.extradata, count: Int(encoder.pointer.pointee.extradata_size))
    return [UInt8(clamping: header.count)] + Array(header) + bytes
  }

  /// Reads what ``encode(_:)`` made of a picture of `size`; throws `corrupt` for anything else.
  public static func decode(_ bytes: [UInt8], size: PixelSize) throws -> PlanarFrame {
    let header = bytes.dropFirst().prefix(Int(bytes.first ?? 0))
    let decoder = try Decoder(AV_CODEC_ID_UTVIDEO, header: Array(header)) { set($0, size) }
    let packet = try Packet()
    try packet.replaceBytes(Array(bytes.dropFirst(1 + header.count)))
    let frame = try LibavFrame()
    var picture: PlanarFrame?
    for packet in [packet, nil] {
      try decoder.decode(packet, into: frame) { frame in
        if frame.size == size, frame.format == AV_PIX_FMT_YUV420P { picture = frame.planarFrame() }
      }
    }
    guard let picture else {
      throw LibavError.error(avx_error_invalid_data, "decoding", file: "picture")
    }
    return picture
  }

  private static func set(_ context: UnsafeMutablePointer<AVCodecContext>, _ size: PixelSize) {
    context.pointee.width = Int32(size.width)
    context.pointee.height = Int32(size.height)
    context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    context.pointee.thread_count = 1
    context.pointee.flags |= Int32(AV_CODEC_FLAG_BITEXACT)
  }
}
