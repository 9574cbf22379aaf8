/// A picture in exactly a model's canvas: what every backend is given.
public struct FittedPicture: Hashable, Sendable {
  /// Width and height in pixels.
  public let size: PixelSize
  /// Interleaved 8-bit sRGB, three bytes per pixel, rows from the top, no padding.
  public let pixels: [UInt8]

  /// Takes over `pixels`; there must be three per pixel.
  public init(size: PixelSize, pixels: [UInt8]) {
    precondition(pixels.count == size.area * 3, "a fitted picture has three bytes per pixel")
    self.size = size
    self.pixels = pixels
  }
}
