public import KeyreelCore

extension PlanarFrame {
  /// `picture` as BT.709 limited range, computed in whole numbers: the same on every machine.
  ///
  /// Chroma is the mean of 2 × 2 pixels, as libswscale reads and writes it by default: a clip that
  /// starts on another one's decoded last frame does not let its colours wander.
  public init(_ picture: FittedPicture) {
    let size = picture.size
    let (width, height) = (size.width, size.height)
    var luma = [UInt8](repeating: 0, count: size.area)
    var blue = [UInt8](repeating: 0, count: size.area / 4)
    var red = blue
    picture.pixels.withUnsafeBufferPointer { pixels in
      for row in stride(from: 0, to: height, by: 2) {
        for column in stride(from: 0, to: width, by: 2) {
          var sum = (red: 0, green: 0, blue: 0)
          for y in row...(row + 1) {
            for x in column...(column + 1) {
              let i = (y &* width &+ x) &* 3
              let (r, g, b) = (Int(pixels[i]), Int(pixels[i &+ 1]), Int(pixels[i &+ 2]))
              // 0.2126, 0.7152 and 0.0722 of 219/255, times 65,536; half a step for rounding.
              luma[y &* width &+ x] = UInt8(
                truncatingIfNeeded: (11_966 &* r &+ 40_254 &* g &+ 4_064 &* b &+ 1_081_344) &>> 16)
              sum = (sum.red &+ r, sum.green &+ g, sum.blue &+ b)
            }
          }
          let i = (row / 2) &* (width / 2) &+ column / 2
          // (B - Y) / 1.8556 and (R - Y) / 1.5748 of 224/255, over four pixels; greys give 128.
          let blueness = -6_596 &* sum.red &- 22_188 &* sum.green &+ 28_784 &* sum.blue
          let redness = 28_784 &* sum.red &- 26_145 &* sum.green &- 2_639 &* sum.blue
          blue[i] = UInt8(truncatingIfNeeded: (blueness &+ (128 << 18) &+ (1 << 17)) &>> 18)
          red[i] = UInt8(truncatingIfNeeded: (redness &+ (128 << 18) &+ (1 << 17)) &>> 18)
        }
      }
    }
    self.init(size: size, luma: luma, blue: blue, red: red)
  }
}
