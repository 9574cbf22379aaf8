public import KeyreelCore
public import Media

/// Brings pictures of any shape to a canvas.
public enum PictureFitter {
  /// `picture` in exactly `canvas`, filled as `fit` says; a crop keeps `focus`.
  ///
  /// Nothing but ``Fit/stretch`` changes the picture's proportions.
  /// The same input gives the same bytes on every machine.
  public static func fit(
    _ picture: RGBPicture, _ fit: Fit, focus: Focus = .center, to canvas: PixelSize
  ) -> RGBPicture {
    switch fit {
    case .stretch: Resampler.resample(picture, to: canvas)
    case .cover: cover(picture, focus, canvas)
    case .contain:
      contain(picture, on: RGBPicture(size: canvas, red: 0, green: 0, blue: 0))
    case .blur: contain(picture, on: backdrop(picture, focus, canvas))
    }
  }

  /// The largest part of a picture of `size` that has the canvas's shape and lies around `focus`.
  static func visibleRegion(of size: PixelSize, focus: Focus, canvas: PixelSize) -> Resampler.Region
  {
    let (width, height) = (Double(size.width), Double(size.height))
    var region = Resampler.Region(all: size)
    // Compared in whole numbers: equal shapes must not lose a hair to rounding.
    if size.width * canvas.height > canvas.width * size.height {
      region.width = height * Double(canvas.width) / Double(canvas.height)
      region.x = place(focus.x, part: region.width, of: width)
    } else if size.width * canvas.height < canvas.width * size.height {
      region.height = width * Double(canvas.height) / Double(canvas.width)
      region.y = place(focus.y, part: region.height, of: height)
    }
    return region
  }

  private static func place(_ thousandths: Int, part: Double, of whole: Double) -> Double {
    min(whole - part, max(0, Double(thousandths) / 1000 * whole - part / 2))
  }

  private static func cover(_ picture: RGBPicture, _ focus: Focus, _ canvas: PixelSize)
    -> RGBPicture
  {
    let region = visibleRegion(of: picture.size, focus: focus, canvas: canvas)
    return Resampler.resample(picture, region: region, to: canvas)
  }

  /// All of `picture` in the middle of `ground`.
  private static func contain(_ picture: RGBPicture, on ground: RGBPicture) -> RGBPicture {
    let (size, canvas) = (picture.size, ground.size)
    let isWide = size.width * canvas.height > canvas.width * size.height
    let inner =
      isWide
      ? PixelSize(
        width: canvas.width, height: rounded(size.height * canvas.width, over: size.width))
      : PixelSize(
        width: rounded(size.width * canvas.height, over: size.height), height: canvas.height)
    let scaled = Resampler.resample(picture, to: inner)
    return ground.placing(
      scaled, x: (canvas.width - inner.width) / 2, y: (canvas.height - inner.height) / 2)
  }

  private static func rounded(_ value: Int, over divisor: Int) -> Int {
    max(1, (2 * value + divisor) / (2 * divisor))
  }

  /// A blurred, darkened copy of `picture` that fills the canvas.
  private static func backdrop(_ picture: RGBPicture, _ focus: Focus, _ canvas: PixelSize)
    -> RGBPicture
  {
    // A B-spline over means of 1/24 of the width: blurred without a separate filter.
    let coarse = PixelSize(width: max(2, canvas.width / 24), height: max(2, canvas.height / 24))
    let region = visibleRegion(of: picture.size, focus: focus, canvas: canvas)
    let means = Resampler.resample(picture, region: region, to: coarse, kernel: .box)
    let dimmed = RGBPicture(size: coarse, pixels: means.pixels.map { UInt8(Int($0) * 5 / 8) })
    return Resampler.resample(dimmed, to: canvas, kernel: .spline)
  }
}

extension RGBPicture {
  /// This picture with `other` on it, its corner at `x`, `y`; `other` must fit in.
  func placing(_ other: RGBPicture, x: Int, y: Int) -> RGBPicture {
    precondition(
      x >= 0 && y >= 0 && x + other.size.width <= size.width
        && y + other.size.height <= size.height, "the inner picture fits in")
    var result = self
    let length = 3 * other.size.width
    for row in 0..<other.size.height {
      let start = 3 * ((y + row) * size.width + x)
      result.pixels.replaceSubrange(
        start..<start + length, with: other.pixels[row * length..<(row + 1) * length])
    }
    return result
  }

  /// 16 × 16 means in reading order, three bytes each.
  var thumbnail: [UInt8] {
    Resampler.resample(self, to: PixelSize(width: 16, height: 16), kernel: .box).pixels
  }
}
