internal import CFFmpeg
public import KeyreelCore

extension PlanarFrame {
  /// The picture in 8-bit sRGB, as players show it, in its own or another even size.
  public func rgbPicture(scaledTo target: PixelSize? = nil) throws -> RGBPicture {
    let source = try LibavFrame(size: size, format: AV_PIX_FMT_YUV420P)
    try source.fill(from: self)
    source.pointer.pointee.colorspace = AVCOL_SPC_BT709
    source.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    let target = target ?? size
    let picture = try PictureScaler(to: target, format: AV_PIX_FMT_RGB24)
      .convert(source, file: "picture")
    return RGBPicture(
      size: target,
      pixels: picture.samples(ofPlane: 0, rowLength: target.width * 3, rows: target.height))
  }
}
