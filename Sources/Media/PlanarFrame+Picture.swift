internal import CFFmpeg
public import KeyreelCore

extension PlanarFrame {
  /// The picture as BT.709 4:2:0; one of another shape covers `size` and is cut.
  public init(_ picture: FittedPicture, fittedInto size: PixelSize) throws {
    let source = try LibavFrame(size: picture.size, format: AV_PIX_FMT_RGB24)
    source.copy(picture.pixels, rowLength: picture.size.width * 3, toPlane: 0)
    source.pointer.pointee.colorspace = AVCOL_SPC_RGB
    source.pointer.pointee.color_range = AVCOL_RANGE_JPEG
    self = try FrameFitter(size: size, fit: .cover, format: .square, file: "still").fit(source)
  }

  /// The picture in 8-bit sRGB and in another size.
  public func rgb(scaledTo size: PixelSize) throws -> RGBPicture {
    let source = try LibavFrame(size: self.size, format: AV_PIX_FMT_YUV420P)
    try source.fill(from: self)
    source.pointer.pointee.colorspace = AVCOL_SPC_BT709
    let scaler = PictureScaler(to: size, format: AV_PIX_FMT_RGB24)
    return try PixelUnpacker.rgb(
      try scaler.convert(source, file: "frame"), hasAlpha: false, name: "frame")
  }
}
