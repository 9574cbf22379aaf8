import KeyreelCore
import Media
import Stitching
import SystemPackage

/// A camera that moves over a textured ground, in clips that meet on keyframes, with a defect if wanted.
struct MovingScene {
  typealias Defect = ClipDefect

  static let size = PixelSize(width: 96, height: 64)
  static let clipFrames = 49

  private static let ground: [UInt8] = {
    let (width, height) = (1024, 96)
    var state: UInt64 = 88_172_645_463_325_252
    func coarse(_ cell: Int) -> [Double] {
      let (columns, rows) = (width / cell + 2, height / cell + 2)
      let grid = (0..<columns * rows).map { _ -> Double in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Double(state % 1000) / 1000
      }
      return (0..<width * height).map { place in
        let (x, y) = (place % width, place / width)
        let (i, j) = (x / cell, y / cell)
        let (u, v) = (Double(x % cell) / Double(cell), Double(y % cell) / Double(cell))
        let top = grid[j * columns + i] * (1 - u) + grid[j * columns + i + 1] * u
        let low = grid[(j + 1) * columns + i] * (1 - u) + grid[(j + 1) * columns + i + 1] * u
        return top * (1 - v) + low * v
      }
    }
    let (large, fine) = (coarse(32), coarse(4))
    return zip(large, fine).map { UInt8(45 + 110 * $0 + 45 * $1) }
  }()

  /// Pixels that the camera moves in a frame.
  var speed = 2.0
  var defect = Defect.none

  /// The scene at a moment, in frames.
  func picture(at time: Double) -> PlanarFrame {
    var frame = PlanarFrame.black(Self.size)
    let left = 20 + time * speed
    let (whole, part) = (Int(left), Int(256 * (left - left.rounded(.down))))
    let (width, height) = (Self.size.width, Self.size.height)
    for y in 0..<height {
      let row = y * 1024 + whole
      for x in 0..<width {
        let (a, b) = (Int(Self.ground[row + x]), Int(Self.ground[row + x + 1]))
        frame.luma[y * width + x] = UInt8((a * (256 - part) + b * part + 128) / 256)
      }
    }
    for y in 0..<height / 2 {
      for x in 0..<width / 2 {
        let luma = Int(frame.luma[2 * y * width + 2 * x])
        frame.blue[y * width / 2 + x] = UInt8(148 - luma / 8)
        frame.red[y * width / 2 + x] = UInt8(110 + luma / 6)
      }
    }
    return frame
  }

  /// Frame `index` of the 0-based `clip`.
  func frame(_ index: Int, of clip: Int) -> PlanarFrame {
    let last = Self.clipFrames - 1
    let start = Double(clip * last)
    guard clip == 1 else { return picture(at: start + Double(index)) }
    let time = defect.time(of: index, last: last, speed: speed)
    return defect.applied(
      to: picture(at: start + time), way: Double(index) / Double(last))
  }

  /// Writes the clips and stitches them; the film is at `folder`/film.mp4.
  ///
  /// `options` are x264's for each clip.
  func film(
    in folder: FilePath, mend: JoinMending, keyInterval: Int = 30, bFrames: Int = 0,
    options: [String] = ["", "", ""]
  ) throws -> StitchReport {
    let paths = try (0..<3).map { clip in
      let path = folder.appending("scene-\(clip).mp4")
      let writer = try ClipWriter(
        path,
        settings: VideoSettings(
          size: Self.size, frameRate: .thirty, crf: 12, keyInterval: keyInterval,
          bFrames: bFrames, options: options[clip]))
      for index in 0..<Self.clipFrames { try writer.append(frame(index, of: clip)) }
      try writer.finish()
      return path
    }
    let pieces = (0..<3).map {
      Assembly.Piece(
        source: .clip(Studio.key($0)), label: "scene/\($0)", frames: Self.clipFrames,
        dropsLast: $0 < 2)
    }
    let keyframes = try (0..<4).map {
      try picture(at: Double($0 * (Self.clipFrames - 1))).rgb(scaledTo: Self.size).fitted
    }
    let names = Dictionary(uniqueKeysWithValues: (0..<3).map { (Studio.key($0), $0) })
    return try Stitcher().stitch(
      Assembly(size: Self.size, frameRate: .thirty, pieces: pieces, mend: mend),
      from: FilmSources(
        clip: { paths[names[$0] ?? 0] }, file: { FilePath($0) },
        still: { _ in keyframes[0] },
        keyframe: { key, end in keyframes[(names[key] ?? 0) + (end == .first ? 0 : 1)] }),
      into: folder.appending("film.mp4"), title: "scene")
  }
}
