import Glibc
import Keyframes
import KeyreelCore
import KeyreelTesting
import Media
import SystemPackage

/// A project folder of its own for one test; removed at the end.
final class Project: Sendable {
  let root: FilePath
  private let scratch: ScratchFolder

  init() throws {
    scratch = try ScratchFolder()
    root = scratch.path
  }

  var library: KeyframeLibrary {
    KeyframeLibrary(
      root: root, factsFolder: root.appending(".facts"), sourcesFolder: root.appending("sources"))
  }

  func path(_ name: String) -> FilePath { root.appending(FilePath(name).components) }

  func write(_ bytes: [UInt8], _ name: String) throws {
    var folder = root
    for component in FilePath(name).components.dropLast() {
      folder.append(component)
      mkdir(folder.string, 0o755)
    }
    try FileBytes.write(bytes, to: path(name))
  }

  func write(_ picture: RGBPicture, _ name: String) throws {
    try write(try PictureWriter.encode(picture, as: .png), name)
  }

  /// A film of `count` grey frames of rising brightness: luma 20 + 5 × index.
  func writeFilm(_ name: String, frames count: Int, rate: FrameRate = .thirty, bFrames: Int = 0)
    throws
  {
    let size = PixelSize(width: 64, height: 48)
    let writer = try ClipWriter(
      path(name),
      settings: VideoSettings(
        size: size, frameRate: rate, crf: 4, keyInterval: 12, bFrames: bFrames))
    for index in 0..<count {
      var frame = PlanarFrame.black(size)
      frame.luma = .init(repeating: UInt8(20 + 5 * index), count: size.area)
      try writer.append(frame)
    }
    try writer.finish()
  }

  func facts(_ references: SourceReference..., allowsOutside: Bool = false) async
    -> [Result<SourceFact, SourceProblem>?]
  {
    let facts = await library.facts(for: references, allowsOutside: allowsOutside)
    return references.map { facts.entries[$0] }
  }
}

extension RGBPicture {
  /// A picture whose pixel at `x`, `y` is `color(x, y)`.
  static func drawn(_ width: Int, _ height: Int, _ color: (Int, Int) -> [UInt8]) -> RGBPicture {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height { for x in 0..<width { pixels += color(x, y) } }
    return RGBPicture(size: PixelSize(width: width, height: height), pixels: pixels)
  }

  func pixel(_ x: Int, _ y: Int) -> [UInt8] {
    let place = 3 * (y * size.width + x)
    return Array(pixels[place..<place + 3])
  }
}
