internal import CFFmpeg
internal import KeyreelCore

/// Converts pictures between sizes and pixel formats with libswscale; used on one thread only.
final class PictureScaler {
  private var context: OpaquePointer?
  private let target: (size: PixelSize, format: AVPixelFormat)

  /// A converter to `size` and `format`; any input will do.
  init(to size: PixelSize, format: AVPixelFormat) { target = (size, format) }

  deinit { sws_freeContext(context) }

  /// The whole of `frame` in the target's size and format.
  ///
  /// Input is taken for what its tags say, untagged input for BT.709 limited whatever its size: films
  /// copy untagged clips under their own BT.709 tag, so frames that are encoded beside must not differ.
  /// RGB goes to and comes from BT.709.
  func convert(_ frame: LibavFrame, file: String) throws -> LibavFrame {
    // Chroma alone is scaled when the size stays: there Lanczos rings at edges of strong colours.
    let filter = frame.size == target.size ? SWS_BILINEAR : SWS_LANCZOS
    let flags =
      Int32(filter) | Int32(SWS_ACCURATE_RND) | Int32(SWS_FULL_CHR_H_INT) | Int32(SWS_BITEXACT)
    context = sws_getCachedContext(
      context, frame.pointer.pointee.width, frame.pointer.pointee.height, frame.format,
      Int32(target.size.width), Int32(target.size.height), target.format, flags, nil, nil, nil)
    guard let context else {
      throw LibavError.error(avx_error_patch_welcome, "converting a picture", file: file)
    }
    let space = frame.pointer.pointee.colorspace
    let sourceTable = sws_getCoefficients(
      space == AVCOL_SPC_UNSPECIFIED || space == AVCOL_SPC_RGB
        ? SWS_CS_ITU709 : Int32(space.rawValue))
    let fullRange: Int32 = frame.pointer.pointee.color_range == AVCOL_RANGE_JPEG ? 1 : 0
    sws_setColorspaceDetails(
      context, sourceTable, fullRange, sws_getCoefficients(SWS_CS_ITU709), 0, 0, 1 << 16, 1 << 16)
    let result = try LibavFrame(size: target.size, format: target.format)
    try LibavError.check(
      sws_scale_frame(context, result.pointer, frame.pointer), "converting a picture", file: file)
    return result
  }
}
