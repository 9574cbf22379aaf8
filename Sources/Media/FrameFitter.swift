internal import CFFmpeg
internal import KeyreelCore

/// Brings decoded pictures of any format upright into a film's size, 8-bit 4:2:0 BT.709.
final class FrameFitter {
  /// Pixels of the longest side that a picture is scaled to.
  private static let longestSide = 32_768

  private let size: PixelSize
  private let fit: Fit
  private let format: VideoFormat
  private let file: String
  private var scalers: [PixelSize: PictureScaler] = [:]

  init(size: PixelSize, fit: Fit, format: VideoFormat, file: String) {
    self.size = size
    self.fit = fit
    self.format = format
    self.file = file
  }

  /// `frame` in the film's size.
  func fit(_ frame: LibavFrame) throws -> PlanarFrame {
    let turns = format.quarterTurns
    let isSquare = format.sampleShape.numerator == format.sampleShape.denominator
    let isBroadcast = [AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_BT709].contains(
      frame.pointer.pointee.colorspace)
    if frame.format == AV_PIX_FMT_YUV420P, frame.size == size, turns == 0, !format.isMirrored,
      isSquare, isBroadcast,
      frame.pointer.pointee.color_range != AVCOL_RANGE_JPEG
    {
      return frame.planarFrame()
    }
    return switch fit {
    case .stretch: try scale(frame, to: size)
    case .cover: try scale(frame, to: covering(frame)).cropped(to: size)
    case .contain: try scale(frame, to: contained(frame)).placed(on: .black(size))
    case .blur:
      try scale(frame, to: contained(frame)).placed(on: blurred(scale(frame, to: covering(frame))))
    }
  }

  /// The whole of `frame`, upright, in an even `size`.
  private func scale(_ frame: LibavFrame, to size: PixelSize) throws -> PlanarFrame {
    // An extreme shape that covers a film is mostly cut off, and costs more memory than there is.
    guard max(size.width, size.height) <= Self.longestSide else {
      throw OperationError(
        .badSize, "\(file): pictures of \(frame.size) are too long and thin for the film",
        remedy: "cut the footage to a shape nearer to the film's, or use `fit: contain`")
    }
    let turns = format.quarterTurns
    let coded = turns % 2 == 0 ? size : PixelSize(width: size.height, height: size.width)
    let scaler = scalers[coded] ?? PictureScaler(to: coded, format: AV_PIX_FMT_YUV420P)
    scalers[coded] = scaler
    let picture = try scaler.convert(frame, file: file).planarFrame()
    return (format.isMirrored ? picture.mirrored() : picture).turned(quarters: turns)
  }

  private func blurred(_ frame: PlanarFrame) throws -> PlanarFrame {
    let small = PictureScaler(
      to: PixelSize(width: 16, height: 16), format: AV_PIX_FMT_YUV420P)
    let large = PictureScaler(to: size, format: AV_PIX_FMT_YUV420P)
    let source = try LibavFrame(size: size, format: AV_PIX_FMT_YUV420P)
    try source.fill(from: frame.cropped(to: size))
    return try large.convert(small.convert(source, file: file), file: file).planarFrame()
  }

  /// The picture's shape as people see it: width to height.
  private func shape(_ frame: LibavFrame) -> (width: Int, height: Int) {
    let width = frame.size.width * format.sampleShape.numerator
    let height = frame.size.height * format.sampleShape.denominator
    return format.quarterTurns % 2 == 0 ? (width, height) : (height, width)
  }

  private func covering(_ frame: LibavFrame) -> PixelSize {
    let shape = shape(frame)
    return shape.width * size.height >= shape.height * size.width
      ? PixelSize(
        width: even(size.height, shape.width, shape.height, atLeast: size.width),
        height: size.height)
      : PixelSize(
        width: size.width, height: even(size.width, shape.height, shape.width, atLeast: size.height)
      )
  }

  private func contained(_ frame: LibavFrame) -> PixelSize {
    let shape = shape(frame)
    return shape.width * size.height >= shape.height * size.width
      ? PixelSize(
        width: size.width,
        height: min(size.height, even(size.width, shape.height, shape.width, atLeast: 2)))
      : PixelSize(
        width: min(size.width, even(size.height, shape.width, shape.height, atLeast: 2)),
        height: size.height)
  }

  /// The even number nearest to `length · numerator / denominator`, but not under `least`.
  private func even(_ length: Int, _ numerator: Int, _ denominator: Int, atLeast least: Int) -> Int
  {
    max(least, (length * numerator + denominator) / (2 * denominator) * 2)
  }
}
