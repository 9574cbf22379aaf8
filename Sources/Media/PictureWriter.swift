internal import CFFmpeg
internal import KeyreelCore
public import SystemPackage

/// Encodes pictures as PNG or JPEG files.
public enum PictureWriter {
  /// How a picture is encoded.
  public enum Format: Hashable, Sendable {
    /// Lossless.
    case png
    /// With losses; `quality` is 1 (worst) to 100.
    case jpeg(quality: Int)
  }

  /// The bytes of a file that holds `picture`.
  public static func encode(_ picture: RGBPicture, as format: Format) throws -> [UInt8] {
    _ = LibavLog.isQuiet
    let frame = try LibavFrame(size: picture.size, format: AV_PIX_FMT_RGB24)
    frame.copy(picture.pixels, rowLength: picture.size.width * 3, toPlane: 0)
    switch format {
    case .png:
      return try encode(frame, AV_CODEC_ID_PNG) { $0.pointee.pix_fmt = AV_PIX_FMT_RGB24 }
    case .jpeg(let quality):
      let full = try fullRange(frame)
      // mjpeg's own scale runs from 2 (best) to 31.
      let scale = 2 + (100 - min(100, max(1, quality))) * 29 / 99
      full.pointer.pointee.quality = Int32(scale) * FF_QP2LAMBDA
      return try encode(full, AV_CODEC_ID_MJPEG) {
        $0.pointee.pix_fmt = AV_PIX_FMT_YUVJ444P
        $0.pointee.color_range = AVCOL_RANGE_JPEG
        $0.pointee.flags |= Int32(AV_CODEC_FLAG_QSCALE)
        $0.pointee.global_quality = Int32(scale) * FF_QP2LAMBDA
      }
    }
  }

  /// Writes `picture` to `path`, replacing what is there.
  public static func write(_ picture: RGBPicture, to path: FilePath, as format: Format) throws {
    let bytes = try encode(picture, as: format)
    try FileBytes.write(bytes, to: path)
  }

  private static func encode(
    _ frame: LibavFrame, _ codecID: AVCodecID,
    _ configure: (UnsafeMutablePointer<AVCodecContext>) -> Void
  ) throws -> [UInt8] {
    guard let codec = avcodec_find_encoder(codecID), let made = avcodec_alloc_context3(codec) else {
      throw LibavError.error(avx_error_encoder_not_found, "encoding", file: "picture")
    }
    var context: UnsafeMutablePointer<AVCodecContext>? = made
    defer { avcodec_free_context(&context) }
    made.pointee.width = frame.pointer.pointee.width
    made.pointee.height = frame.pointer.pointee.height
    made.pointee.time_base = AVRational(num: 1, den: 1)
    made.pointee.thread_count = 1
    made.pointee.flags |= Int32(AV_CODEC_FLAG_BITEXACT)
    configure(made)
    try LibavError.check(avcodec_open2(made, codec, nil), "opening the encoder", file: "picture")
    let packet = try Packet()
    frame.pointer.pointee.pts = 0
    try LibavError.check(avcodec_send_frame(made, frame.pointer), "encoding", file: "picture")
    try LibavError.check(avcodec_send_frame(made, nil), "encoding", file: "picture")
    try LibavError.check(
      avcodec_receive_packet(made, packet.pointer), "encoding", file: "picture")
    return Array(packet.bytes)
  }

  /// JFIF's colours: BT.601, full range.
  private static func fullRange(_ frame: LibavFrame) throws -> LibavFrame {
    let result = try LibavFrame(size: frame.size, format: AV_PIX_FMT_YUVJ444P)
    let flags =
      Int32(SWS_BICUBIC) | Int32(SWS_ACCURATE_RND) | Int32(SWS_FULL_CHR_H_INP)
      | Int32(SWS_BITEXACT)
    let (width, height) = (frame.pointer.pointee.width, frame.pointer.pointee.height)
    guard
      let scaler = sws_getContext(
        width, height, frame.format, width, height, AV_PIX_FMT_YUVJ444P, flags, nil, nil, nil)
    else { throw LibavError.error(avx_error_patch_welcome, "converting", file: "picture") }
    defer { sws_freeContext(scaler) }
    let table = sws_getCoefficients(SWS_CS_ITU601)
    sws_setColorspaceDetails(scaler, table, 1, table, 1, 0, 1 << 16, 1 << 16)
    try LibavError.check(
      sws_scale_frame(scaler, result.pointer, frame.pointer), "converting", file: "picture")
    result.pointer.pointee.color_range = AVCOL_RANGE_JPEG
    return result
  }
}
