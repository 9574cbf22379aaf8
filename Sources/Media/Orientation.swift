internal import KeyreelCore

extension RGBPicture {
  /// The picture as it is to be looked at, when its file says EXIF `orientation` (1…8).
  ///
  /// 2 mirrors, 3 turns by half, 4 flips; 5…8 swap width and height: 5 transposes, 6 turns clockwise,
  /// 7 transposes along the other diagonal, 8 turns counter-clockwise (EXIF 2.3, section 4.6.4).
  public func upright(from orientation: Int) -> RGBPicture {
    let (width, height) = (size.width, size.height)
    // Stored pixel of the upright corner, and the steps of one pixel right and one row down.
    let walk: (start: Int, right: Int, down: Int)? =
      switch orientation {
      case 2: (width - 1, -1, width)
      case 3: (width * height - 1, -1, -width)
      case 4: (width * (height - 1), 1, -width)
      case 5: (0, width, 1)
      case 6: (width * (height - 1), -width, 1)
      case 7: (width * height - 1, -width, -1)
      case 8: (width - 1, width, -1)
      default: nil
      }
    guard let walk else { return self }
    let turned = orientation > 4 ? PixelSize(width: height, height: width) : size
    let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, count in
      count = pixels.count
      pixels.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, var target = buffer.baseAddress else { return }
        for row in 0..<turned.height {
          var place = 3 * (walk.start + row * walk.down)
          for _ in 0..<turned.width {
            target.update(from: source + place, count: 3)
            target += 3
            place += 3 * walk.right
          }
        }
      }
    }
    return RGBPicture(size: turned, pixels: result)
  }
}
