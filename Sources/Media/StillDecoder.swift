internal import CFFmpeg
internal import KeyreelCore
public import SystemPackage

/// A decoded still, upright and opaque, with what its file says about it.
public struct Still: Hashable, Sendable {
  /// The pixels, upright, alpha composited over black.
  public var picture: RGBPicture
  /// `JPEG`, `PNG` or `WebP`.
  public var format: String
  /// Whether the file has an alpha channel or a transparent colour.
  public var hasAlpha: Bool
  /// Bits per channel in the file.
  public var bitDepth: Int
  /// EXIF orientation in the file, 1…8; already applied.
  public var orientation: Int
}

/// Decodes JPEG, PNG and WebP stills to upright 8-bit sRGB.
///
/// The format is told by the bytes, never by the name. Alpha is composited over black, 16 bits are
/// rounded to 8, YCbCr of stills is BT.601 (JPEG full range, WebP limited), as their formats say.
/// Embedded colour profiles are not applied. Limits: 16,384 pixels per side, 100 million in all, 1 GiB.
public enum StillDecoder {
  /// The longest side that is decoded, in pixels.
  public static let sideLimit = StillHeader.sideLimit

  /// Decodes the file `path`; `name` is what messages call it.
  ///
  /// Throws an ``OperationError`` for files that are missing, unreadable, empty, cut short, damaged, of
  /// another kind, animated or too large; nothing is allocated for pixels before the header is checked.
  public static func decode(_ path: FilePath, name: String? = nil) throws -> Still {
    let name = name ?? path.string
    return try decode(try FileBytes.read(path, name: name), name: name)
  }

  /// Decodes a whole file that is already in memory; `name` is what messages call it.
  public static func decode(_ bytes: [UInt8], name: String) throws -> Still {
    _ = LibavLog.isQuiet
    let header = try StillHeader(bytes, name: name)
    let frame = try decodedFrame(bytes, header, name: name)
    guard frame.size == header.size else {
      throw MediaFailure.damaged(name, "it holds \(frame.size) pixels but says \(header.size)")
    }
    let stored = try PixelUnpacker.rgb(frame, hasAlpha: header.hasAlpha, name: name)
    return Still(
      picture: stored.upright(from: header.orientation), format: header.format.rawValue,
      hasAlpha: header.hasAlpha, bitDepth: header.bitDepth, orientation: header.orientation)
  }

  private static func decodedFrame(_ bytes: [UInt8], _ header: StillHeader, name: String) throws
    -> LibavFrame
  {
    let codecID =
      switch header.format {
      case .jpeg: AV_CODEC_ID_MJPEG
      case .png: AV_CODEC_ID_PNG
      case .webp: AV_CODEC_ID_WEBP
      }
    guard let codec = avcodec_find_decoder(codecID), let made = avcodec_alloc_context3(codec) else {
      throw LibavError.error(
        avx_error_decoder_not_found, "decoding \(header.format.rawValue)", file: name)
    }
    var context: UnsafeMutablePointer<AVCodecContext>? = made
    defer { avcodec_free_context(&context) }
    made.pointee.err_recognition |= Int32(AV_EF_EXPLODE) | Int32(AV_EF_CRCCHECK)
    made.pointee.thread_count = 1
    try LibavError.check(avcodec_open2(made, codec, nil), "opening the decoder", file: name)
    let packet = try Packet()
    try LibavError.check(
      av_new_packet(packet.pointer, Int32(bytes.count)), "reading", file: name)
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress {
        packet.pointer.pointee.data.update(from: start, count: source.count)
      }
    }
    let frame = try LibavFrame()
    let sent = avcodec_send_packet(made, packet.pointer)
    let received = sent < 0 ? sent : receive(made, frame)
    guard received >= 0 else {
      if received == avx_error_patch_welcome {
        throw LibavError.error(received, "decoding", file: name)
      }
      throw MediaFailure.damaged(name, "its \(header.format.rawValue) data do not decode")
    }
    guard frame.pointer.pointee.decode_error_flags == 0 else {
      throw MediaFailure.damaged(name, "its \(header.format.rawValue) data decode only in part")
    }
    try describeColor(of: frame, header)
    return frame
  }

  private static func receive(_ context: UnsafeMutablePointer<AVCodecContext>, _ frame: LibavFrame)
    -> Int32
  {
    let first = avcodec_receive_frame(context, frame.pointer)
    guard first == avx_error_again else { return first }
    avcodec_send_packet(context, nil)
    return avcodec_receive_frame(context, frame.pointer)
  }

  /// JFIF and WebP both fix BT.601; the decoders do not always say so.
  private static func describeColor(of frame: LibavFrame, _ header: StillHeader) throws {
    guard let description = av_pix_fmt_desc_get(frame.format) else { return }
    guard description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB) == 0 else { return }
    frame.pointer.pointee.colorspace = AVCOL_SPC_SMPTE170M
    switch header.format {
    case .jpeg: frame.pointer.pointee.color_range = AVCOL_RANGE_JPEG
    case .webp: frame.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    case .png: break
    }
  }
}
