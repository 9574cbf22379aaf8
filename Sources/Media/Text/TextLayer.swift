internal import CAss
internal import KeyreelCore

/// Words as they lie over pictures of one size: how much they cover, and with which colours.
public struct TextLayer: Sendable {
  /// One plane of the layer; its place and size are those of the box of words.
  struct Plane: Sendable {
    var width: Int
    /// How much of the picture is covered, 0…255.
    var cover: [UInt8]
    /// Colour times cover, 0…255 × 255.
    var paint: [UInt16]
  }

  /// Top left corner, even in both directions.
  let left: Int
  let top: Int
  let planes: [Plane]

  /// `picture` with the words over it, `part` of `whole` of them to be seen.
  public func laid(over picture: PlanarFrame, part: Int = 1, of whole: Int = 1) -> PlanarFrame {
    guard part > 0 else { return picture }
    var picture = picture
    let width = picture.size.width
    lay(planes[0], left, top, over: &picture.luma, width, part, whole)
    lay(planes[1], left / 2, top / 2, over: &picture.blue, width / 2, part, whole)
    lay(planes[2], left / 2, top / 2, over: &picture.red, width / 2, part, whole)
    return picture
  }

  private func lay(
    _ plane: Plane, _ left: Int, _ top: Int, over samples: inout [UInt8], _ width: Int,
    _ part: Int, _ whole: Int
  ) {
    let unit = 255 * whole
    for (row, start) in stride(from: 0, to: plane.cover.count, by: plane.width).enumerated() {
      let target = (top + row) * width + left
      for column in 0..<plane.width where plane.cover[start + column] > 0 {
        let cover = Int(plane.cover[start + column]) * part
        let paint = Int(plane.paint[start + column]) * part
        let under = Int(samples[target + column]) * (unit - cover)
        samples[target + column] = UInt8((under + paint + unit / 2) / unit)
      }
    }
  }
}

/// Puts together what libass draws, from the back to the front.
struct TextCanvas {
  private let size: PixelSize
  private let left: Int
  private let top: Int
  private let width: Int
  private let height: Int
  /// Cover, then luma, blue and red times cover, of each pixel; 0…1 and 0…255.
  private var pixels: [SIMD4<Float>]

  /// Room for `box`, which is widened to even sides within a picture of `size`.
  init(box: (left: Int, top: Int, right: Int, bottom: Int), size: PixelSize) {
    self.size = size
    left = max(0, box.left) & ~1
    top = max(0, box.top) & ~1
    width = (min(size.width, box.right) - left + 1) & ~1
    height = (min(size.height, box.bottom) - top + 1) & ~1
    pixels = Array(repeating: .zero, count: max(0, width * height))
  }

  mutating func lay(_ image: ASS_Image) {
    let color = Self.color(image.color)
    for row in 0..<Int(image.h) {
      let y = Int(image.dst_y) + row - top
      guard (0..<height).contains(y), let line = image.bitmap?.advanced(by: row * Int(image.stride))
      else { continue }
      for column in 0..<Int(image.w) where line[column] > 0 {
        let x = Int(image.dst_x) + column - left
        guard (0..<width).contains(x) else { continue }
        let cover = Float(line[column]) / 255 * color.opacity
        let place = y * width + x
        pixels[place] = color.paint * cover + pixels[place] * (1 - cover)
      }
    }
  }

  /// Red, green, blue and transparency in one number, as BT.709 of limited range.
  private static func color(_ rgba: UInt32) -> (paint: SIMD4<Float>, opacity: Float) {
    let parts = [24, 16, 8].map { Float(rgba >> $0 & 0xFF) / 255 }
    let luma = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    let blue = (parts[2] - luma) / 1.8556
    let red = (parts[0] - luma) / 1.5748
    return (
      SIMD4(1, 16 + 219 * luma, 128 + 224 * blue, 128 + 224 * red),
      1 - Float(rgba & 0xFF) / 255
    )
  }

  var layer: TextLayer {
    let full = plane(pixels, width) { $0[1] }
    let halved = halved
    return TextLayer(
      left: left, top: top,
      planes: [full, plane(halved, width / 2) { $0[2] }, plane(halved, width / 2) { $0[3] }])
  }

  /// Colours stand for four pixels each.
  private var halved: [SIMD4<Float>] {
    var result: [SIMD4<Float>] = []
    result.reserveCapacity(pixels.count / 4)
    for y in stride(from: 0, to: height, by: 2) {
      for x in stride(from: 0, to: width, by: 2) {
        let place = y * width + x
        let sum =
          pixels[place] + pixels[place + 1] + pixels[place + width] + pixels[place + width + 1]
        result.append(sum / 4)
      }
    }
    return result
  }

  private func plane(
    _ pixels: [SIMD4<Float>], _ width: Int, _ paint: (SIMD4<Float>) -> Float
  ) -> TextLayer.Plane {
    TextLayer.Plane(
      width: width, cover: pixels.map { UInt8(max(0, min(($0[0] * 255).rounded(), 255))) },
      paint: pixels.map { UInt16(max(0, min((paint($0) * 255).rounded(), 65025))) })
  }
}
