import Foundation
import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Foreign footage is normalised or copied, never joined blindly")
struct FootageTests {
  /// Writes marks 0..<`frames` of clip `name` with ffmpeg.
  static func write(
    _ path: FilePath, name: Int = 5, frames: Int, size: PixelSize = Mark.size, rate: String = "30",
    _ arguments: [String]
  ) throws {
    let raw = path.removingLastComponent().appending("raw-\(name).yuv")
    try RawVideo.write(raw, (0..<frames).map { Mark(clip: name, frame: $0).frame(size) })
    try Programs.ffmpeg(
      [
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size.description, "-r", rate, "-i",
        raw.string,
      ] + arguments + ["-threads", "1", path.string])
  }

  private func footage(
    _ path: FilePath, start: Int = 0, count: Int, frames: Int? = nil, fit: Fit = .cover
  ) -> Assembly.Piece {
    Assembly.Piece(
      source: .footage(
        path: path.string, digest: Digest.of("footage"), start: start, count: count, fit: fit),
      label: "footage", frames: frames ?? count)
  }

  private func marks(_ range: Range<Int>, name: Int = 5) -> [Expectation.Picture] {
    range.map { Mark(clip: name, frame: $0).levels }
  }

  @Test(
    "Any container and codec gives the frames asked for",
    arguments: [
      ("mkv", ["-c:v", "libx264", "-qp", "10"]), ("mov", ["-c:v", "prores_ks"]),
      ("avi", ["-c:v", "mpeg4", "-q:v", "1"]),
      ("webm", ["-c:v", "libvpx-vp9", "-crf", "10", "-b:v", "0"]),
      ("ts", ["-c:v", "libx264", "-qp", "10"]),
      ("mp4", ["-c:v", "libx265", "-x265-params", "qp=10:log-level=none"]),
      ("mjpeg.avi", ["-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj420p"]),
      (
        "fragmented.mp4",
        ["-c:v", "libx264", "-qp", "10", "-movflags", "frag_keyframe+empty_moov", "-g", "5"]
      ),
      ("one-gop.mp4", ["-c:v", "libx264", "-preset", "slow", "-qp", "10"]),
    ])
  func containers(kind: String, arguments: [String]) throws {
    let scratch = try Scratch()
    let path = scratch.path("footage.\(kind)")
    try Self.write(path, frames: 24, arguments)
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty,
      pieces: [footage(path, start: 3, count: 17), footage(path, count: 24)])
    let studio = Studio(scratch.folder)
    try studio.stitch(assembly)
    try Judge.check(studio.film, shows: marks(3..<20) + marks(0..<24), "\(kind)")
  }

  @Test("A part begins inside an open group of pictures and is whole", arguments: 0..<12)
  func openGroups(start: Int) throws {
    let scratch = try Scratch()
    let path = scratch.path("open.mp4")
    try Self.write(
      path, frames: 30,
      [
        "-qp", "10", "-preset", "slow", "-x264-params",
        "open-gop=1:keyint=8:min-keyint=8:bframes=3:b-pyramid=normal:scenecut=0:ref=4",
      ])
    let studio = Studio(scratch.folder)
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [footage(path, start: start, count: 14)])
    try studio.stitch(assembly)
    try Judge.check(studio.film, shows: marks(start..<start + 14), "from \(start)")
  }

  @Test("Footage of changing rate is sampled by time")
  func changingRate() throws {
    let scratch = try Scratch()
    let path = scratch.path("vfr.mp4")
    // Every third frame is missing, the rest keep their times.
    try Self.write(
      path, frames: 30, ["-vf", "select=mod(n\\,3)", "-vsync", "vfr", "-qp", "10", "-bf", "2"])
    let studio = Studio(scratch.folder)
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [footage(path, count: 20, frames: 29)])
    try studio.stitch(assembly)
    let frames = try Programs.decode(studio.film).luma
    #expect(frames.count == 29)
    for (index, luma) in frames.enumerated() {
      // Film frame i stands at the time of mark i + 1; where that is missing, its neighbour is seen.
      let nearest = [index + 1, index, index + 2].contains { mark in
        mark % 3 != 0
          && zip(Mark.levels(of: luma), Mark(clip: 5, frame: mark).levels)
            .allSatisfy { abs($0 - $1) < 8 }
      }
      #expect(nearest, "film frame \(index)")
    }
  }

  @Test("Turned footage stands upright", arguments: [90, 180, 270])
  func turned(angle: Int) throws {
    let scratch = try Scratch()
    let (upright, turned) = (scratch.path("upright.mp4"), scratch.path("turned.mp4"))
    let filter = [90: "transpose=2", 180: "hflip,vflip", 270: "transpose=1"][angle, default: ""]
    try Self.write(upright, frames: 6, ["-vf", filter, "-qp", "4"])
    // Newer ffmpegs write the matrix from this tag of the output stream.
    try Programs.ffmpeg([
      "-i", upright.string, "-c", "copy", "-metadata:s:v:0", "rotate=\(360 - angle)",
      turned.string,
    ])
    let studio = Studio(scratch.folder)
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [footage(turned, count: 6)])
    let report = try studio.stitch(assembly)
    #expect(report.copied == 0)
    try Judge.check(studio.film, shows: marks(0..<6), "\(angle) degrees")
  }

  @Test(
    "Colours of other kinds come out as BT.709 limited", arguments: ["bt601", "full", "untagged"])
  func colors(kind: String) throws {
    let scratch = try Scratch()
    let path = scratch.path("colored.mp4")
    // One strong red; its code values differ between the kinds.
    let filters = [
      "bt601": "scale=out_color_matrix=bt601,format=yuv420p",
      "full": "scale=out_color_matrix=bt709:out_range=full,format=yuvj420p",
      "untagged": "scale=out_color_matrix=bt709,format=yuv420p",
    ]
    let tags = [
      "bt601": ["-colorspace", "smpte170m"],
      "full": ["-colorspace", "bt709", "-color_range", "pc"],
    ]
    try Programs.ffmpeg(
      [
        "-f", "lavfi", "-i", "color=0xC02010:s=64x48:r=30,format=rgb24", "-vf",
        filters[kind, default: ""], "-frames:v", "8", "-qp", "2",
      ] + tags[kind, default: []] + [path.string])
    let studio = Studio(scratch.folder)
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [footage(path, count: 8)])
    let report = try studio.stitch(assembly)
    #expect((report.copied > 0) == (kind == "untagged"))
    let tagged = try Programs.probe(
      studio.film, "stream=color_range,color_space,color_transfer,color_primaries")[0]
    #expect(tagged == ["tv", "bt709", "bt709", "bt709"])
    let pixels = try Programs.output(
      "ffmpeg",
      [
        "-v", "error", "-i", studio.film.string, "-vf", "scale=in_color_matrix=bt709", "-frames:v",
        "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
      ])
    let middle = Array(pixels[(24 * 64 + 32) * 3..<(24 * 64 + 32) * 3 + 3]).map(Int.init)
    #expect(zip(middle, [0xC0, 0x20, 0x10]).allSatisfy { abs($0 - $1) <= 4 }, "\(middle)")
  }

  @Test("A wide clip covers, is shown whole, or is pulled, as asked", arguments: Fit.allCases)
  func fitted(fit: Fit) throws {
    let scratch = try Scratch()
    let path = scratch.path("wide.mp4")
    // Left half dark, right half bright, twice as wide as the film.
    try Programs.ffmpeg([
      "-f", "lavfi", "-i", "color=black:s=128x48:r=30", "-vf",
      "drawbox=x=64:w=64:h=48:color=white:t=fill,format=yuv420p", "-frames:v", "3", "-qp", "2",
      path.string,
    ])
    let studio = Studio(scratch.folder)
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [footage(path, count: 3, fit: fit)])
    try studio.stitch(assembly)
    let luma = try Programs.decode(studio.film).luma[1]
    func at(_ column: Int, _ row: Int) -> Int { Int(luma[row * 64 + column]) }
    #expect(at(4, 24) < 30 && at(60, 24) > 220)
    let corner = at(60, 2)
    switch fit {
    case .cover, .stretch: #expect(corner > 220)
    case .contain: #expect(corner < 30)
    case .blur: #expect(corner > 120)
    }
  }

  @Test("A part beyond the file's end is refused by the file's name")
  func beyondEnd() throws {
    let scratch = try Scratch()
    let path = scratch.path("footage.mp4")
    try Self.write(path, frames: 10, ["-qp", "10"])
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [footage(path, start: 4, count: 7)])
    let error = #expect(throws: OperationError.self) { try Studio(scratch.folder).stitch(assembly) }
    #expect(error?.message.contains(path.string) == true)
  }
}
