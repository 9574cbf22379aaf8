import KeyreelCore
import KeyreelTesting
@testable import Media
import Testing

@testable import AnimaticBackend

@Suite("Frames between two pictures", .ownThread)
struct InBetweenerTests {
  static let size = PixelSize(width: 96, height: 64)

  private func between(_ first: FittedPicture, _ last: FittedPicture) -> InBetweener {
    InBetweener(PlanarFrame(first), PlanarFrame(last), threads: 1)
  }

  @Test(
    "The first frame is the first picture and the last frame the last, bit for bit",
    arguments: [2, 3, 30, 31, 145])
  func ends(count: Int) {
    let first = FittedPicture.clouds(Self.size, seed: 1)
    let last = FittedPicture.clouds(Self.size, seed: 2)
    let frames = between(first, last)
    #expect(frames.frame(0, of: count) == PlanarFrame(first))
    #expect(frames.frame(count - 1, of: count) == PlanarFrame(last))
  }

  @Test("Two equal pictures make a clip in which nothing moves")
  func still() {
    let picture = FittedPicture.clouds(Self.size, seed: 3)
    let frames = between(picture, picture)
    guard case .still = frames.style else {
      Issue.record("equal pictures are a still")
      return
    }
    for index in 0..<5 { #expect(frames.frame(index, of: 5) == PlanarFrame(picture)) }
  }

  @Test("A picture is warped onto itself without any loss")
  func identity() {
    let frame = PlanarFrame(.clouds(Self.size, seed: 3))
    let pyramid = Pyramid(frame)
    let flow = FlowSearch.flow(from: pyramid, to: pyramid)
    #expect(flow.x.samples.allSatisfy { $0 == 0 } && flow.y.samples.allSatisfy { $0 == 0 })
    #expect(Agreement.score(pyramid.levels[0], pyramid.levels[0], flow) > 0.99)
    #expect(Warper(frame, frame).frame(SamplingGrid(for: Self.size)) == frame)
  }

  @Test(
    "A pan is followed: every frame is where the camera would be",
    arguments: [(8, 0), (0, -8), (16, 8)])
  func pan(shift: (x: Int, y: Int)) {
    func view(_ step: Int) -> FittedPicture {
      .clouds(Self.size, seed: 5, x: shift.x * step / 8, y: shift.y * step / 8)
    }
    let (first, last) = (view(0), view(8))
    let frames = between(first, last)
    guard case .morph = frames.style else {
      Issue.record("a pan is a morph; the score was \(frames.score)")
      return
    }
    for step in [2, 4, 6] {
      let truth = PlanarFrame(view(step)).luma
      let mixed = zip(PlanarFrame(first).luma, PlanarFrame(last).luma).map {
        UInt8((Int($0) * (8 - step) + Int($1) * step) / 8)
      }
      let gain = likeness(frames.frame(step, of: 9).luma, truth) - likeness(mixed, truth)
      #expect(gain > 6, "step \(step) gained \(gain) dB over a plain dissolve")
    }
  }

  @Test("Small things are followed far, though the land behind them goes another way")
  func parallax() {
    let size = PixelSize(width: 192, height: 112)
    let posts: [(place: Int, top: Int)] = [(40, 60), (82, 40), (120, 70), (166, 50)]
    /// Four posts before faint clouds; what is near moves four times as far.
    func view(_ step: Int) -> FittedPicture {
      let land = FittedPicture.clouds(size, seed: 9, x: step)
      return .drawn(size) { x, y in
        let isPost = posts.contains { post in
          let left = post.place - 4 * step
          return x >= left && x < left + 20 && y >= post.top
        }
        let soft = 90 + land.pixels[(y * size.width + x) * 3] / 4
        return isPost ? (20, 20, 20) : (soft, soft, soft)
      }
    }
    let (first, last) = (view(0), view(8))
    let frames = between(first, last)
    for step in [2, 4, 6] {
      let truth = PlanarFrame(view(step)).luma
      let mixed = zip(PlanarFrame(first).luma, PlanarFrame(last).luma).map {
        UInt8((Int($0) * (8 - step) + Int($1) * step) / 8)
      }
      let gain = likeness(frames.frame(step, of: 9).luma, truth) - likeness(mixed, truth)
      #expect(gain > 9, "step \(step) gained \(gain) dB over a plain dissolve")
    }
  }

  @Test("Looking far and wide takes no more memory on large and on square canvases")
  func bounded() {
    for (text, samples) in [("480x480", 3600), ("832x480", 6240), ("96x64", 384), ("16x16", 256)] {
      guard let size = PixelSize(text) else { continue }
      let pyramid = Pyramid(PlanarFrame(.flat(size, 90)))
      #expect(pyramid.levels[WideSearch.level(of: pyramid)].count == samples)
    }
  }

  @Test("A change of light does not hide a pan")
  func relitPan() {
    let first = FittedPicture.clouds(Self.size, seed: 6, brightness: -40)
    let last = FittedPicture.clouds(Self.size, seed: 6, x: 8, brightness: 30)
    let truth = PlanarFrame(.clouds(Self.size, seed: 6, x: 4, brightness: -5))
    let frames = between(first, last)
    #expect(frames.score > Agreement.threshold)
    #expect(likeness(frames.frame(1, of: 3).luma, truth.luma) > 25)
  }

  @Test("Pictures that have nothing in common dissolve", arguments: [10, 20, 30] as [UInt32])
  func unrelated(seed: UInt32) {
    let frames = between(
      .clouds(Self.size, seed: seed, grain: 2),
      .clouds(Self.size, seed: seed + 5, x: 900, grain: 2))
    #expect(frames.score < Agreement.threshold)
  }

  @Test("Flat pictures, and black to white, change evenly")
  func flat() {
    let frames = between(.flat(Self.size, 0), .flat(Self.size, 255))
    var before = -1
    for index in 0..<9 {
      let frame = frames.frame(index, of: 9)
      #expect(Set(frame.luma).count == 1 && Set(frame.blue + frame.red) == [128])
      let level = Int(frame.luma[0])
      #expect(level >= before)
      before = level
    }
    #expect(frames.frame(0, of: 9).luma[0] == 16 && before == 235)
  }

  @Test("Portrait and odd-shaped canvases work as well", arguments: ["64x96", "18x130", "130x18"])
  func shapes(text: String) throws {
    let size = try #require(PixelSize(text))
    let first = FittedPicture.clouds(size, seed: 8)
    let last = FittedPicture.clouds(size, seed: 8, x: 3, y: 2)
    let middle = between(first, last).frame(1, of: 3)
    #expect(middle.size == size)
    #expect(likeness(middle.luma, PlanarFrame(first).luma) < 99)
  }

  @Test("A dissolve pushes gently: neighbouring frames are alike all the way")
  func gentle() {
    let frames = between(
      .clouds(Self.size, seed: 11, grain: 2),
      .clouds(Self.size, seed: 77, x: 500, grain: 2))
    guard case .dissolve = frames.style else {
      Issue.record("unrelated pictures dissolve; the score was \(frames.score)")
      return
    }
    for index in 1..<40 {
      let (before, after) = (frames.frame(index - 1, of: 40), frames.frame(index, of: 40))
      #expect(likeness(before.luma, after.luma) > 25)
    }
  }

  @Test("Greys stay grey, and colours are those of BT.709")
  func colors() {
    let size = PixelSize(width: 16, height: 16)
    for value in stride(from: 0, through: 255, by: 5) {
      let frame = PlanarFrame(.flat(size, UInt8(value)))
      #expect(Set(frame.blue + frame.red) == [128])
      #expect(Int(frame.luma[0]) == Int((16 + 219 * Double(value) / 255).rounded()))
    }
    let red = PlanarFrame(.drawn(size) { _, _ in (255, 0, 0) })
    #expect([red.luma[0], red.blue[0], red.red[0]] == [63, 102, 240])
    let blue = PlanarFrame(.drawn(size) { _, _ in (0, 0, 255) })
    #expect([blue.luma[0], blue.blue[0], blue.red[0]] == [32, 240, 118])
  }
}
