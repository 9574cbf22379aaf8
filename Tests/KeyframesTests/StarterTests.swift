import Keyframes
import KeyreelCore
import Media
import Testing

@Suite("A new project has stills worth looking at")
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

@Suite("A contact sheet shows a film at one look")
struct Sheets {
  @Test("First frame, last frame and even steps between, in reading order")
  func sheet() throws {
    let project = try Project()
    try project.writeFilm("film.mp4", frames: 41)
    let sheet = try ContactSheet(columns: 3, rows: 2, cellWidth: 32, gap: 4)
      .draw(project.path("film.mp4"))
    #expect(sheet.size == PixelSize(width: 3 * 36 + 4, height: 2 * 28 + 4))
    #expect(sheet.pixel(1, 1) == [18, 18, 20])
    for (cell, index) in [0, 8, 16, 24, 32, 40].enumerated() {
      let level = Int(sheet.pixel(4 + cell % 3 * 36 + 16, 4 + cell / 3 * 28 + 12)[0])
      #expect(abs(level - (20 + 5 * index - 16) * 255 / 219) <= 3, "cell \(cell)")
    }
    // A film of fewer frames than cells leaves cells empty.
    try project.writeFilm("short.mp4", frames: 2)
    let short = try ContactSheet(columns: 3, rows: 1, cellWidth: 32, gap: 0)
      .draw(project.path("short.mp4"))
    #expect(short.pixel(80, 12) == [18, 18, 20])
  }
}
