public import KeyreelCore

/// A picture of any size in 8-bit sRGB.
public struct RGBPicture: Hashable, Sendable {
  /// Width and height in pixels.
  public let size: PixelSize
  /// Interleaved red, green, blue: three bytes per pixel, rows from the top, no padding.
  public var pixels: [UInt8]

  /// Takes over `pixels`; there must be three bytes per pixel.
  public init(size: PixelSize, pixels: [UInt8]) {
    precondition(pixels.count == size.area * 3, "an RGB picture has three bytes per pixel")
    self.size = size
    self.pixels = pixels
  }

  /// A picture of one colour.
  public init(size: PixelSize, red: UInt8, green: UInt8, blue: UInt8) {
    var pixels = [UInt8](repeating: red, count: size.area * 3)
    if red != green || green != blue {
      for start in stride(from: 0, to: pixels.count, by: 3) {
        pixels[start + 1] = green
        pixels[start + 2] = blue
      }
    }
    self.init(size: size, pixels: pixels)
  }

  /// The picture in a model's canvas, unchanged.
  public var fitted: FittedPicture { FittedPicture(size: size, pixels: pixels) }

  /// The same pixels as a backend is given them.
  public init(_ picture: FittedPicture) { self.init(size: picture.size, pixels: picture.pixels) }
}
