import KeyreelCore
import Media
import SystemPackage
import Testing

@Suite("Stills of every common kind show the right colours")
struct StillKinds {
  /// Means of the four quadrants' middles.
  static func quadrants(_ picture: RGBPicture) -> [[Int]] {
    let (width, height) = (picture.size.width, picture.size.height)
    return [(1, 1), (3, 1), (1, 3), (3, 3)].map { x, y in
      let place = 3 * (y * height / 4 * width + x * width / 4)
      return picture.pixels[place..<place + 3].map(Int.init)
    }
  }

  static func expectQuadrants(
    _ picture: RGBPicture, _ colors: [[Int]], within tolerance: Int,
    at location: SourceLocation = #_sourceLocation
  ) {
    let seen = quadrants(picture)
    let isNear = zip(seen, colors).allSatisfy {
      zip($0, $1).allSatisfy { abs($0 - $1) <= tolerance }
    }
    #expect(isNear, "\(seen) is not \(colors)", sourceLocation: location)
  }

  static let colors = SamplePictures.colors.map { $0.map(Int.init) }

  @Test(
    "JPEG and WebP from other programs",
    arguments: [
      (SamplePictures.baseline, "JPEG", 3), (SamplePictures.subsampled, "JPEG", 4),
      (SamplePictures.progressive, "JPEG", 3), (SamplePictures.lossyWebP, "WebP", 9),
      (SamplePictures.losslessWebP, "WebP", 0),
    ])
  func opaque(bytes: [UInt8], format: String, tolerance: Int) throws {
    let still = try StillDecoder.decode(bytes, name: "sample")
    #expect(still.format == format)
    #expect(!still.hasAlpha)
    #expect(still.bitDepth == 8)
    Self.expectQuadrants(still.picture, Self.colors, within: tolerance)
  }

  @Test("CMYK and grey JPEGs")
  func inks() throws {
    let cmyk = try StillDecoder.decode(SamplePictures.cmyk, name: "cmyk")
    #expect(!cmyk.hasAlpha)
    Self.expectQuadrants(cmyk.picture, Self.colors, within: 6)
    let grey = try StillDecoder.decode(SamplePictures.grey, name: "grey")
    let levels = Self.colors.map { ($0[0] * 299 + $0[1] * 587 + $0[2] * 114) / 1000 }
    Self.expectQuadrants(grey.picture, levels.map { [$0, $0, $0] }, within: 3)
  }

  @Test(
    "Half transparent pictures are composited over black",
    arguments: [(SamplePictures.lossyAlphaWebP, 8), (SamplePictures.losslessAlphaWebP, 0)])
  func alpha(bytes: [UInt8], tolerance: Int) throws {
    let still = try StillDecoder.decode(bytes, name: "alpha")
    #expect(still.hasAlpha)
    let halves = Self.colors.map { $0.map { ($0 * 128 + 127) / 255 } }
    Self.expectQuadrants(still.picture, halves, within: tolerance)
  }

  @Test("A picture that we write is the picture that we read")
  func written() throws {
    let picture = try StillDecoder.decode(SamplePictures.losslessWebP, name: "sample").picture
    let png = try PictureWriter.encode(picture, as: .png)
    #expect(try StillDecoder.decode(png, name: "png").picture == picture)
    let jpeg = try PictureWriter.encode(picture, as: .jpeg(quality: 95))
    Self.expectQuadrants(
      try StillDecoder.decode(jpeg, name: "jpeg").picture, Self.colors, within: 4)
  }
}

@Suite("PNG files of every colour type decode exactly")
struct PNGKinds {
  private func pixels(_ builder: PNGBuilder) throws -> (Still, [UInt8]) {
    let still = try StillDecoder.decode(builder.bytes, name: "made.png")
    return (still, still.picture.pixels)
  }

  @Test("16 bits are rounded to the nearest of 8, not cut")
  func deep() throws {
    // 0x80FF is 128.99 of 255: cutting gives 128, rounding 128 or 129 by 65535/255 = 257.
    let values = [0, 1, 128, 129, 0x7FFF, 0x8000, 0x80FF, 0xFF7E, 0xFF80, 0xFFFF]
    let row = values.flatMap { value -> [UInt8] in
      (0..<3).flatMap { _ in [UInt8(value >> 8), UInt8(value & 255)] }
    }
    let (still, pixels) = try pixels(
      PNGBuilder(width: values.count, height: 1, bitDepth: 16, colorType: 2, rows: [row]))
    #expect(still.bitDepth == 16)
    #expect(!still.hasAlpha)
    let expected = values.map { UInt8((Double($0) / 257).rounded()) }
    #expect(pixels == expected.flatMap { [$0, $0, $0] })
  }

  @Test("16 bits with alpha")
  func deepAlpha() throws {
    let row: [UInt8] = [0xFF, 0xFF, 0x80, 0x00, 0x00, 0x00, 0x80, 0x00]
    let (still, pixels) = try pixels(
      PNGBuilder(width: 1, height: 1, bitDepth: 16, colorType: 6, rows: [row]))
    #expect(still.hasAlpha)
    #expect(pixels == [128, 64, 0])
  }

  @Test("Palette, with and without transparent entries")
  func palette() throws {
    var builder = PNGBuilder(
      width: 4, height: 1, bitDepth: 2, colorType: 3, rows: [[0b00_01_10_11]],
      extra: [("PLTE", [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30])])
    #expect(try pixels(builder).1 == [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30])
    builder.extra.append(("tRNS", [255, 0, 128]))
    let (still, seen) = try pixels(builder)
    #expect(still.hasAlpha)
    #expect(seen == [255, 0, 0, 0, 0, 0, 0, 0, 128, 10, 20, 30])
  }

  @Test("Grey of 1, 4, 8 and 16 bits, and grey with alpha")
  func grey() throws {
    func grey(_ depth: Int, _ width: Int, _ row: [UInt8], type: Int = 0) throws -> [UInt8] {
      let seen = try pixels(
        PNGBuilder(width: width, height: 1, bitDepth: depth, colorType: type, rows: [row])
      ).1
      return stride(from: 0, to: seen.count, by: 3).map { seen[$0] }
    }
    #expect(try grey(1, 8, [0b1010_0001]) == [255, 0, 255, 0, 0, 0, 0, 255])
    #expect(try grey(4, 2, [0x0F]) == [0, 255])
    #expect(try grey(8, 3, [0, 127, 255]) == [0, 127, 255])
    #expect(try grey(16, 1, [0x12, 0xFF]) == [19])
    #expect(try grey(8, 2, [200, 255, 200, 51], type: 4) == [200, 40])
  }

  @Test("Orientation in a PNG's eXIf chunk")
  func orientation() throws {
    let tiff = ExifSample.tiff(6, isLittle: false)
    let (still, pixels) = try pixels(
      PNGBuilder(
        width: 2, height: 1, bitDepth: 8, colorType: 2, rows: [[1, 1, 1, 2, 2, 2]],
        extra: [("eXIf", tiff)]))
    #expect(still.orientation == 6)
    #expect(still.picture.size == PixelSize(width: 1, height: 2))
    #expect(pixels == [1, 1, 1, 2, 2, 2])
  }
}

/// EXIF data that tell an orientation and nothing else.
enum ExifSample {
  static func tiff(_ orientation: Int, isLittle: Bool) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isLittle ? little : little.reversed()
    }
    return Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(1, 2)
      + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0]
      + number(0, 4)
  }

  /// `jpeg` with an EXIF segment behind its first two bytes.
  static func jpeg(_ jpeg: [UInt8], orientation: Int, isLittle: Bool) -> [UInt8] {
    let body = Array("Exif\0\0".utf8) + tiff(orientation, isLittle: isLittle)
    let length = body.count + 2
    return jpeg.prefix(2) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body
      + jpeg.dropFirst(2)
  }
}

@Suite("Photos stand upright whatever the camera wrote")
struct Orientations {
  /// Stored pixels 3 × 2, told as letters: `abc` over `def`; what is seen upright by EXIF 2.3, 4.6.4.
  static let seen: [(orientation: Int, rows: [String])] = [
    (1, ["abc", "def"]), (2, ["cba", "fed"]), (3, ["fed", "cba"]), (4, ["def", "abc"]),
    (5, ["ad", "be", "cf"]), (6, ["da", "eb", "fc"]), (7, ["fc", "eb", "da"]),
    (8, ["cf", "be", "ad"]),
  ]

  @Test("All eight orientations, pixel by pixel", arguments: seen)
  func pixels(orientation: Int, rows: [String]) {
    func pixels(_ rows: [String]) -> [UInt8] {
      rows.flatMap { $0.utf8.flatMap { [$0, $0 + 100, 0] } }
    }
    let stored = RGBPicture(size: PixelSize(width: 3, height: 2), pixels: pixels(["abc", "def"]))
    let upright = stored.upright(from: orientation)
    #expect(upright.size == PixelSize(width: rows[0].count, height: rows.count))
    #expect(upright.pixels == pixels(rows))
  }

  @Test("All eight orientations in JPEG files of both byte orders", arguments: 1...8)
  func files(orientation: Int) throws {
    // Blocks of 16 pixels, so that JPEG keeps the colours apart: a 48 × 32 picture of 3 × 2 colours.
    let colors: [[UInt8]] = [
      [250, 20, 20], [20, 250, 20], [20, 20, 250], [250, 250, 20], [20, 250, 250], [250, 20, 250],
    ]
    var stored = RGBPicture(size: PixelSize(width: 48, height: 32), red: 0, green: 0, blue: 0)
    for y in 0..<32 {
      for x in 0..<48 {
        let place = 3 * (y * 48 + x)
        stored.pixels.replaceSubrange(place..<place + 3, with: colors[y / 16 * 3 + x / 16])
      }
    }
    let jpeg = try PictureWriter.encode(stored, as: .jpeg(quality: 100))
    let rows = try #require(Self.seen.first { $0.orientation == orientation }).rows
    for isLittle in [true, false] {
      let bytes = ExifSample.jpeg(jpeg, orientation: orientation, isLittle: isLittle)
      let still = try StillDecoder.decode(bytes, name: "photo.jpg")
      #expect(still.orientation == orientation)
      #expect(
        still.picture.size == PixelSize(width: rows[0].count * 16, height: rows.count * 16))
      for (row, letters) in rows.enumerated() {
        for (column, letter) in letters.utf8.enumerated() {
          let place = 3 * ((row * 16 + 8) * still.picture.size.width + column * 16 + 8)
          let pixel = still.picture.pixels[place..<place + 3]
          let expected = colors[Int(letter) - 97]
          #expect(zip(pixel, expected).allSatisfy { abs(Int($0) - Int($1)) < 12 })
        }
      }
    }
  }
}
