import Keyframes
import KeyreelCore
import KeyreelTesting
import Media
import Testing

@Suite("A new project has stills worth looking at", .ownThread)
struct Starters {
  @Test("Three stills of one place, small on disk, different in light")
  func stills() throws {
    let project = try Project()
    try StarterStills.write(into: project.root)
    var means: [[Int]] = []
    for hour in StarterStills.Hour.allCases {
      let path = project.path("\(hour.rawValue).jpg")
      let bytes = try FileBytes.read(path, name: hour.rawValue)
      #expect((40_000...200_000).contains(bytes.count), "\(hour): \(bytes.count) bytes")
      let still = try StillDecoder.decode(bytes, name: hour.rawValue)
      #expect(still.picture.size == PixelSize(width: 1280, height: 720))
      let small = PictureFitter.fit(still.picture, .stretch, to: PixelSize(width: 8, height: 8))
      means.append(small.pixels.map(Int.init))
    }
    for (left, right) in [(0, 1), (1, 2), (0, 2)] {
      let difference = zip(means[left], means[right]).map { abs($0 - $1) }.reduce(0, +) / 192
      #expect(difference > 15)
    }
  }
}
