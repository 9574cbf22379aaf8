public import KeyreelCore

extension PlanarFrame {
  /// Planes with their sizes, luma first.
  private var planes: [(samples: [UInt8], width: Int, height: Int)] {
    [
      (luma, size.width, size.height), (blue, size.width / 2, size.height / 2),
      (red, size.width / 2, size.height / 2),
    ]
  }

  private init(size: PixelSize, planes: [[UInt8]]) {
    self.init(size: size, luma: planes[0], blue: planes[1], red: planes[2])
  }

  /// The middle of the picture in `size`, which must not be larger.
  public func cropped(to size: PixelSize) -> PlanarFrame {
    if size == self.size { return self }
    let left = (self.size.width - size.width) / 4
    let top = (self.size.height - size.height) / 4
    let cut = planes.enumerated().map { index, plane in
      let scale = index == 0 ? 2 : 1
      let width = size.width * scale / 2
      var samples: [UInt8] = []
      samples.reserveCapacity(width * size.height * scale / 2)
      for row in 0..<(size.height * scale / 2) {
        let start = (row + top * scale) * plane.width + left * scale
        samples += plane.samples[start..<start + width]
      }
      return samples
    }
    return PlanarFrame(size: size, planes: cut)
  }

  /// The picture in the middle of `ground`, which must not be smaller.
  func placed(on ground: PlanarFrame) -> PlanarFrame {
    if ground.size == size { return self }
    let left = (ground.size.width - size.width) / 4
    let top = (ground.size.height - size.height) / 4
    let joined = zip(planes, ground.planes).enumerated().map { index, pair in
      let (plane, below) = pair
      let scale = index == 0 ? 2 : 1
      var samples = below.samples
      for row in 0..<plane.height {
        let start = (row + top * scale) * below.width + left * scale
        samples.replaceSubrange(
          start..<start + plane.width,
          with: plane.samples[row * plane.width..<(row + 1) * plane.width])
      }
      return samples
    }
    return PlanarFrame(size: ground.size, planes: joined)
  }

  /// The picture with left and right exchanged.
  func mirrored() -> PlanarFrame {
    let planes = planes.map { plane in
      stride(from: 0, to: plane.samples.count, by: plane.width).flatMap {
        plane.samples[$0..<$0 + plane.width].reversed()
      }
    }
    return PlanarFrame(size: size, planes: planes)
  }

  /// The picture turned clockwise by `quarters` of a full turn.
  func turned(quarters: Int) -> PlanarFrame {
    if quarters == 0 { return self }
    let target =
      quarters % 2 == 0 ? size : PixelSize(width: size.height, height: size.width)
    let turned = planes.map { plane in
      let (width, height) = (plane.width, plane.height)
      let columns = quarters % 2 == 0 ? width : height
      return [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
        for row in 0..<height {
          for column in 0..<width {
            let place =
              switch quarters {
              case 1: column * columns + (height - 1 - row)
              case 2: (height - 1 - row) * columns + (width - 1 - column)
              default: (width - 1 - column) * columns + row
              }
            buffer[place] = plane.samples[row * width + column]
          }
        }
        count = width * height
      }
    }
    return PlanarFrame(size: target, planes: turned)
  }

  /// The mixture of two pictures of one size: `weight` parts of `other` in `whole`, rounded.
  public func mixed(with other: PlanarFrame, weight: Int, of whole: Int) -> PlanarFrame {
    precondition(size == other.size, "mixed pictures have one size")
    precondition(whole > 0 && (0...whole).contains(weight), "a weight is a part of the whole")
    if weight == 0 { return self }
    if weight == whole { return other }
    let mixtures = zip(planes, other.planes).map { mine, theirs in
      [UInt8](unsafeUninitializedCapacity: mine.samples.count) { buffer, count in
        let half = whole / 2
        for index in 0..<mine.samples.count {
          let sum =
            Int(mine.samples[index]) * (whole - weight) + Int(theirs.samples[index]) * weight
          buffer[index] = UInt8((sum + half) / whole)
        }
        count = mine.samples.count
      }
    }
    return PlanarFrame(size: size, planes: mixtures)
  }
}
