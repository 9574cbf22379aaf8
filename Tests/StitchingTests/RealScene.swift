import Foundation
import KeyreelCore
import Media
import Stitching
import SystemPackage

/// A camera that moves over one of the examples' stills, in two clips that meet on a keyframe.
struct RealScene: Sendable, CustomStringConvertible {
  let description: String
  /// The still, in the examples' folder.
  var still = "push-in/stills/far.jpg"
  /// Pixels that the camera moves in a frame, in halves.
  var speed = 2.0
  /// Steps by which grain moves luma at most, new in every frame.
  var grain = 0
  /// Light in per cent at the beginning and at the end of both clips.
  var light = (100, 100)

  /// The constant rate factor of both clips: higher is coarser.
  var crf = 14

  static let all = [
    RealScene(description: "pan"),
    RealScene(description: "slow pan, dusk", still: "lake-day/stills/dusk.jpg", speed: 1),
    RealScene(description: "fast pan", still: "lake-day/stills/noon.jpg", speed: 7),
    RealScene(description: "grain", grain: 8),
    RealScene(description: "night", still: "lake-day/stills/night.jpg", grain: 3, light: (60, 60)),
    RealScene(description: "fade", light: (100, 45)),
    RealScene(description: "still", speed: 0, grain: 2),
  ]

  static let size = PixelSize(width: 320, height: 192)
  static let clipFrames = 37

  /// A still of twice the size that is needed, so that half pixels are means of two.
  final class Ground: Sendable {
    let width = 1600
    let luma: [UInt8]
    let blue: [UInt8]
    let red: [UInt8]

    init(_ still: String) throws {
      let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()
      let raw = try Programs.output(
        "ffmpeg",
        [
          "-v", "error", "-i", root.appending("examples").pushing(FilePath(still)).string, "-vf",
          "scale=1600:900:out_range=tv,crop=1600:400:0:300,format=yuv420p", "-f", "rawvideo", "-",
        ])
      let area = 1600 * 400
      luma = Array(raw.prefix(area))
      blue = Array(raw[area..<area * 5 / 4])
      red = Array(raw[(area * 5 / 4)...])
    }
  }

  /// The scene at a moment, in frames; `grainSeed` tells frames with the same grain.
  func picture(at time: Double, on ground: Ground, grainSeed: Int) -> PlanarFrame {
    var frame = PlanarFrame.black(Self.size)
    let left = 40 + Int((2 * time * speed).rounded())
    let (width, height) = (Self.size.width, Self.size.height)
    let whole = Double(2 * (Self.clipFrames - 1))
    let part = Double(light.0) + Double(light.1 - light.0) * min(1, max(0, time / whole))
    let table = (0..<256).map { 16 + max(0, $0 - 16) * Int(part * 256 / 100) / 256 }
    var state = UInt64(truncatingIfNeeded: grainSeed &* 7919 &+ 1) &* 0x9E37_79B9_7F4A_7C15
    for y in 0..<height {
      let row = 2 * y * ground.width + left
      for x in 0..<width {
        let place = row + 2 * x
        let sum =
          Int(ground.luma[place]) + Int(ground.luma[place + 1])
          + Int(ground.luma[place + ground.width]) + Int(ground.luma[place + ground.width + 1])
        var value = table[(sum + 2) / 4]
        if grain > 0 {
          state ^= state << 13
          state ^= state >> 7
          state ^= state << 17
          value += Int(state & 1023) * (2 * grain + 1) / 1024 - grain
        }
        frame.luma[y * width + x] = UInt8(max(1, min(254, value)))
      }
    }
    for y in 0..<height / 2 {
      for x in 0..<width / 2 {
        let place = 2 * y * ground.width / 2 + left / 2 + 2 * x
        frame.blue[y * width / 2 + x] = ground.blue[place]
        frame.red[y * width / 2 + x] = ground.red[place]
      }
    }
    return frame
  }

  /// Writes both clips, the first one clean, and stitches them; the film is at `folder`/film.mp4.
  ///
  /// `delivered` may make another file of the second clip; a cut shows the keyframe twice.
  func film(
    _ defect: ClipDefect, on ground: Ground, in folder: FilePath, mend: JoinMending,
    isCut: Bool = false, conform: ConformMode = .accept,
    delivered: (FilePath) throws -> Void = { _ in }
  ) throws -> StitchReport {
    let last = Self.clipFrames - 1
    let isAtEnd =
      switch defect {
      case .doubledEnd, .stalledEnd: true
      default: false
      }
    let paths = try (0..<2).map { clip in
      let path = folder.appending("real-\(clip).mp4")
      let writer = try ClipWriter(
        path, settings: VideoSettings(size: Self.size, frameRate: .thirty, crf: crf))
      for index in 0...last {
        let own = (clip == 0) == isAtEnd ? defect : .none
        let time = own.time(of: index, last: last, speed: speed)
        let picture = picture(
          at: Double(clip * last) + time, on: ground, grainSeed: 1000 * clip + index)
        try writer.append(own.applied(to: picture, way: Double(index) / Double(last)))
      }
      try writer.finish()
      return path
    }
    try delivered(paths[1])
    let keyframes = try (0..<3).map {
      try picture(at: Double($0 * last), on: ground, grainSeed: 0).rgb(scaledTo: Self.size).fitted
    }
    let names = [Studio.key(0): 0, Studio.key(1): 1]
    return try Stitcher().stitch(
      Assembly(
        size: Self.size, frameRate: .thirty,
        pieces: (0..<2).map {
          Assembly.Piece(
            source: .clip(Studio.key($0)), label: "real/\($0)", frames: Self.clipFrames,
            dropsLast: $0 == 0 && !isCut)
        }, conform: conform, mend: mend),
      from: FilmSources(
        clip: { paths[names[$0] ?? 0] }, file: { FilePath($0) },
        still: { _ in keyframes[0] },
        keyframe: { key, end in keyframes[(names[key] ?? 0) + (end == .first ? 0 : 1)] }),
      into: folder.appending("film.mp4"), title: "scene")
  }
}
