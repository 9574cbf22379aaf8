public import KeyreelCore

/// One picture in planar 8-bit 4:2:0: a luma plane and two chroma planes of half width and height.
///
/// Limited range (16…235 luma), BT.709 unless a function says otherwise. Width and height are even.
public struct PlanarFrame: Hashable, Sendable {
  /// Width and height in luma samples.
  public let size: PixelSize
  /// `width × height` luma samples, rows from the top, no padding.
  public var luma: [UInt8]
  /// `width/2 × height/2` blue-difference samples.
  public var blue: [UInt8]
  /// `width/2 × height/2` red-difference samples.
  public var red: [UInt8]

  /// A frame of these planes; their sizes must fit.
  public init(size: PixelSize, luma: [UInt8], blue: [UInt8], red: [UInt8]) {
    precondition(size.width % 2 == 0 && size.height % 2 == 0, "4:2:0 frames have even sizes")
    precondition(
      luma.count == size.area && blue.count == size.area / 4 && red.count == size.area / 4,
      "planes fit the frame's size")
    self.size = size
    self.luma = luma
    self.blue = blue
    self.red = red
  }

  /// A black frame.
  public static func black(_ size: PixelSize) -> PlanarFrame {
    PlanarFrame(
      size: size, luma: .init(repeating: 16, count: size.area),
      blue: .init(repeating: 128, count: size.area / 4),
      red: .init(repeating: 128, count: size.area / 4))
  }
}
