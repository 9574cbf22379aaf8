import Keyframes
import KeyreelCore
import Media
import Testing

@Suite("A picture of any shape fills the canvas as asked")
struct Fits {
  static let red: [UInt8] = [200, 30, 30]
  static let green: [UInt8] = [30, 200, 30]
  static let blue: [UInt8] = [30, 30, 200]
  static let black: [UInt8] = [0, 0, 0]

  /// 120 × 40 in three 40 × 40 squares: red, green, blue.
  let wide = RGBPicture.drawn(120, 40) { x, _ in [red, green, blue][x / 40] }
  /// The same, standing.
  let tall = RGBPicture.drawn(40, 120) { _, y in [red, green, blue][y / 40] }
  let square = PixelSize(width: 40, height: 40)

  @Test(
    "A crop keeps its focus",
    arguments: [(0, red), (166, red), (500, green), (833, blue), (1000, blue)])
  func focus(thousandths: Int, color: [UInt8]) {
    let fromWide = PictureFitter.fit(wide, .cover, focus: Focus(x: thousandths, y: 0), to: square)
    let fromTall = PictureFitter.fit(tall, .cover, focus: Focus(x: 0, y: thousandths), to: square)
    for picture in [fromWide, fromTall] {
      #expect(picture.size == square)
      for (x, y) in [(4, 4), (20, 20), (35, 4), (4, 35), (35, 35)] {
        #expect(picture.pixel(x, y) == color, "at \(x), \(y)")
      }
    }
  }

  @Test("A crop at one to one is the very pixels of the picture")
  func crop() {
    let noise = RGBPicture.drawn(60, 20) { x, y in
      [UInt8((x * 37 + y * 91) % 256), UInt8((x * x + y) % 256), UInt8(x * y % 256)]
    }
    let canvas = PixelSize(width: 20, height: 20)
    let cropped = PictureFitter.fit(noise, .cover, focus: Focus(x: 500, y: 500), to: canvas)
    #expect(cropped == RGBPicture.drawn(20, 20) { x, y in noise.pixel(x + 20, y) })
    for fit in Fit.allCases { #expect(PictureFitter.fit(noise, fit, to: noise.size) == noise) }
  }

  @Test("Contain shows all of it between black bars")
  func contain() {
    let canvas = PixelSize(width: 60, height: 60)
    let picture = PictureFitter.fit(wide, .contain, to: canvas)
    for x in [0, 30, 59] {
      for y in [0, 19, 40, 59] { #expect(picture.pixel(x, y) == Self.black) }
      for y in [20, 30, 39] { #expect(picture.pixel(x, y) != Self.black) }
    }
    #expect(picture.pixel(10, 30) == Self.red)
    #expect(picture.pixel(30, 30) == Self.green)
    #expect(picture.pixel(50, 30) == Self.blue)
    let standing = PictureFitter.fit(tall, .contain, to: canvas)
    #expect(standing.pixel(19, 10) == Self.black)
    #expect(standing.pixel(20, 10) == Self.red)
  }

  @Test("Blur fills the bars with a soft dark copy")
  func blur() {
    let canvas = PixelSize(width: 96, height: 96)
    let picture = PictureFitter.fit(wide, .blur, to: canvas)
    #expect(picture.pixel(48, 48) == Self.green)
    #expect(picture.pixel(10, 48) == Self.red)
    // The cover crop of the middle third is all green, so the backdrop is dark green.
    #expect(picture.pixel(48, 4) == Self.green.map { UInt8(Int($0) * 5 / 8) })
    let striped = RGBPicture.drawn(96, 32) { x, _ in
      [UInt8](repeating: x % 2 == 0 ? 0 : 255, count: 3)
    }
    let soft = PictureFitter.fit(striped, .blur, to: canvas)
    let row = (0..<96).map { Int(soft.pixel($0, 2)[0]) }
    #expect(zip(row, row.dropFirst()).allSatisfy { abs($0 - $1) < 12 })
  }

  @Test("Nothing but stretch squeezes: a circle stays round")
  func proportions() {
    func disc(_ width: Int, _ height: Int) -> RGBPicture {
      RGBPicture.drawn(width, height) { x, y in
        let (dx, dy) = (2 * x + 1 - width, 2 * y + 1 - height)
        return [UInt8](repeating: dx * dx + dy * dy < 60 * 60 ? 255 : 0, count: 3)
      }
    }
    for (width, height) in [(200, 70), (70, 200), (97, 101), (333, 64)] {
      for fit in [Fit.cover, .contain] {
        for canvas in [PixelSize(width: 128, height: 72), PixelSize(width: 72, height: 128)] {
          let picture = PictureFitter.fit(disc(width, height), fit, to: canvas)
          let columns = (0..<canvas.width).count {
            picture.pixel($0, canvas.height / 2)[0] > 127
          }
          let rows = (0..<canvas.height).count { picture.pixel(canvas.width / 2, $0)[0] > 127 }
          let isCut = columns == canvas.width || rows == canvas.height
          #expect(isCut || abs(columns - rows) <= 2, "\(width)x\(height) \(fit) \(columns) \(rows)")
        }
      }
    }
    let stretched = PictureFitter.fit(wide, .stretch, to: square)
    #expect(stretched.pixel(5, 20) == Self.red && stretched.pixel(35, 20) == Self.blue)
  }

  @Test("Scaling keeps flat colours flat and does not shift")
  func flat() {
    let flat = RGBPicture(size: PixelSize(width: 53, height: 31), red: 17, green: 140, blue: 251)
    for canvas in [PixelSize(width: 832, height: 480), PixelSize(width: 16, height: 9)] {
      let scaled = PictureFitter.fit(flat, .cover, to: canvas)
      #expect(scaled == RGBPicture(size: canvas, red: 17, green: 140, blue: 251))
    }
    let ramp = RGBPicture.drawn(256, 8) { x, _ in [UInt8(x), UInt8(x), UInt8(x)] }
    let half = PictureFitter.fit(ramp, .stretch, to: PixelSize(width: 128, height: 4))
    for x in 8..<120 { #expect(abs(Double(half.pixel(x, 2)[0]) - (2 * Double(x) + 0.5)) <= 0.5) }
  }

  @Test("Extreme shapes neither crash nor take long")
  func extremes() {
    let canvas = PixelSize(width: 64, height: 36)
    for size in [(1, 1), (1, 3000), (3000, 1), (2, 1), (16_384, 2)] {
      let picture = RGBPicture(
        size: PixelSize(width: size.0, height: size.1), red: 9, green: 9, blue: 9)
      for fit in Fit.allCases {
        #expect(PictureFitter.fit(picture, fit, to: canvas).size == canvas)
      }
    }
  }

  @Test("The fitted bytes are those of every other run and machine")
  func golden() {
    let drawing = RGBPicture.drawn(101, 67) { x, y in
      [UInt8((x * 5 + y) % 256), UInt8(x * y % 251), UInt8((x * x + y * y) % 256)]
    }
    let canvas = PixelSize(width: 64, height: 48)
    let digests = Fit.allCases.map {
      String(
        Digest.of(PictureFitter.fit(drawing, $0, focus: Focus(x: 300, y: 700), to: canvas).pixels)
          .hex.prefix(16))
    }
    // If these change, `PictureRecipe.fitterVersion` has to be raised.
    #expect(
      digests == ["d0de2c687a998ca2", "cf7da441020ff245", "08f29bc3b7fa99e3", "dd122d7eee6ca975"])
  }
}
