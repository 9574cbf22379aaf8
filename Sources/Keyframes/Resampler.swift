internal import KeyreelCore
internal import Media

/// Resamples pictures with whole-number arithmetic: the same bytes on every machine and in every build.
///
/// Separable, rows first; weights have 14 bits and sum to exactly one, so flat areas stay flat and a
/// picture that keeps its size keeps its pixels. Samples are weighed as stored (in sRGB), as players
/// and models do.
struct Resampler {
  /// A part of a picture, in its pixels, with fractions.
  struct Region: Hashable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    /// All of a picture of `size`.
    init(all size: PixelSize) {
      self.init(x: 0, y: 0, width: Double(size.width), height: Double(size.height))
    }

    init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  private let columns: FilterTaps
  private let rows: FilterTaps
  private let source: PixelSize
  private let target: PixelSize

  /// A resampler from `region` of pictures of `source` size to `target` size.
  init(from source: PixelSize, region: Region, to target: PixelSize, kernel: FilterKernel) {
    self.source = source
    self.target = target
    columns = FilterTaps(
      start: region.x, length: region.width, samples: source.width, outputs: target.width, kernel)
    rows = FilterTaps(
      start: region.y, length: region.height, samples: source.height, outputs: target.height,
      kernel)
  }

  /// The picture at `size`; all of it unless `region` is given.
  static func resample(
    _ picture: RGBPicture, region: Region? = nil, to size: PixelSize,
    kernel: FilterKernel = .lanczos
  ) -> RGBPicture {
    let whole = Region(all: picture.size)
    let region = region ?? whole
    if region == whole, size == picture.size { return picture }
    return Resampler(from: picture.size, region: region, to: size, kernel: kernel).apply(
      to: picture)
  }

  func apply(to picture: RGBPicture) -> RGBPicture {
    precondition(picture.size == source, "a resampler is made for one size of picture")
    let used = columns.reach
    var sums = [Int32](repeating: 0, count: 3 * used.count)
    let pixels = [UInt8](unsafeUninitializedCapacity: target.area * 3) { buffer, count in
      count = target.area * 3
      guard let output = buffer.baseAddress else { return }
      picture.pixels.withUnsafeBufferPointer { pixels in
        sums.withUnsafeMutableBufferPointer { sums in
          guard let pixels = pixels.baseAddress, let sums = sums.baseAddress else { return }
          for row in 0..<target.height {
            weighRows(row, pixels + 3 * used.lowerBound, sums, 3 * used.count)
            weighColumns(sums, output + 3 * row * target.width)
          }
        }
      }
    }
    return RGBPicture(size: target, pixels: pixels)
  }

  /// Leaves one row of 6-bit-scaled samples in `sums`.
  private func weighRows(
    _ row: Int, _ pixels: UnsafePointer<UInt8>, _ sums: UnsafeMutablePointer<Int32>, _ count: Int
  ) {
    let taps = rows.taps(row)
    sums.update(repeating: 128, count: count)
    for tap in 0..<taps.count {
      let weight = rows.weights[taps.offset + tap]
      let line = pixels + (taps.first + tap) * source.width * 3
      for index in 0..<count { sums[index] &+= weight &* Int32(line[index]) }
    }
    for index in 0..<count { sums[index] &>>= 8 }
  }

  private func weighColumns(_ sums: UnsafePointer<Int32>, _ output: UnsafeMutablePointer<UInt8>) {
    columns.weights.withUnsafeBufferPointer { weights in
      for column in 0..<target.width {
        let taps = columns.taps(column)
        var (red, green, blue) = (Int32(1 << 19), Int32(1 << 19), Int32(1 << 19))
        var sample = sums + 3 * (taps.first - columns.reach.lowerBound)
        for tap in taps.offset..<taps.offset + taps.count {
          let weight = weights[tap]
          red &+= weight &* sample[0]
          green &+= weight &* sample[1]
          blue &+= weight &* sample[2]
          sample += 3
        }
        output[3 * column] = UInt8(clamping: red &>> 20)
        output[3 * column + 1] = UInt8(clamping: green &>> 20)
        output[3 * column + 2] = UInt8(clamping: blue &>> 20)
      }
    }
  }
}
