import Glibc
import KeyreelCore
import Media
import SystemPackage

/// Clips of every kind that a film may meet, made once: our own, and foreign ones made by ffmpeg.
struct ClipPool: Sendable {
  struct Clip: Sendable {
    var name: Int
    var kind: String
    var path: FilePath
    var frames: Int
    var rate = FrameRate.thirty
    /// Whether an H.264 film of the marks' size can take its packets.
    var isCopyable = true

    var pictures: [Expectation.Picture] { (0..<frames).map { Mark(clip: name, frame: $0).levels } }
  }

  private(set) var clips: [Clip] = []
  private let folder: FilePath

  init(_ folder: FilePath) throws {
    self.folder = folder
    for (index, frames) in [2, 9, 13, 18].enumerated() {
      try own("own \(frames)", frames: frames, keyInterval: [30, 4, 12, 6][index])
    }
    try own("one", frames: 1)
    try own("B frames", frames: 17, bFrames: 3, keyInterval: 250)
    try own("short GOPs with B frames", frames: 19, bFrames: 2, keyInterval: 5)
    try foreign("medium", frames: 16, ["-preset", "medium", "-qp", "12"])
    try foreign(
      "open GOP", frames: 21,
      [
        "-preset", "medium", "-qp", "12", "-x264-params",
        "open-gop=1:keyint=7:min-keyint=7:bframes=3:b-pyramid=normal:scenecut=0",
      ])
    try foreign(
      "main", frames: 12, ["-profile:v", "main", "-qp", "12", "-video_track_timescale", "600"])
    try foreign("baseline", frames: 11, ["-profile:v", "baseline", "-qp", "12"])
    try foreign(
      "with sound", frames: 14, ["-qp", "12", "-f", "lavfi"], sound: true)
    let untouchable: [(String, [String])] = [
      ("4:4:4", ["-pix_fmt", "yuv444p", "-qp", "12"]),
      ("10 bits", ["-pix_fmt", "yuv420p10le", "-qp", "12"]),
      ("full range", ["-vf", "scale=out_range=full", "-color_range", "pc", "-qp", "12"]),
      ("other codec", ["-c:v", "mpeg4", "-q:v", "1"]),
      ("larger", ["-vf", "scale=128:96:flags=neighbor", "-qp", "12"]),
      ("other shape of samples", ["-vf", "scale=32:48:flags=area,setsar=2", "-qp", "6"]),
      ("interlaced", ["-flags", "+ilme+ildct", "-x264-params", "interlaced=1", "-qp", "12"]),
    ]
    for (kind, arguments) in untouchable {
      try foreign(kind, frames: 10, arguments)
      clips[clips.count - 1].isCopyable = false
    }
    try foreign("slower", frames: 13, ["-qp", "12"], rate: 24)
    try foreign("faster", frames: 25, ["-qp", "12"], rate: 60)
    for index in clips.count - 2..<clips.count { clips[index].isCopyable = false }
  }

  func clip(_ kind: String) -> Clip? { clips.first { $0.kind == kind } }

  private mutating func own(
    _ kind: String, frames: Int, bFrames: Int = 0, keyInterval: Int = 12
  ) throws {
    let clip = Clip(name: clips.count, kind: kind, path: path("mp4"), frames: frames)
    try MarkedClip.write(
      clip.path, clip: clip.name, frames: frames, bFrames: bFrames, keyInterval: keyInterval)
    clips.append(clip)
  }

  private mutating func foreign(
    _ kind: String, frames: Int, _ arguments: [String], rate: Int = 30, sound: Bool = false
  ) throws {
    guard let exact = FrameRate(rate) else { return }
    let clip = Clip(name: clips.count, kind: kind, path: path("mp4"), frames: frames, rate: exact)
    let raw = folder.appending("marks.yuv")
    try RawVideo.write(raw, (0..<frames).map { Mark(clip: clip.name, frame: $0).frame() })
    defer { RawVideo.remove(raw) }
    let music = sound ? ["-f", "lavfi", "-i", "sine=440:duration=1"] : []
    let own = arguments.filter { !sound || !["-f", "lavfi"].contains($0) }
    try Programs.ffmpeg(
      [
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", Mark.size.description, "-r", "\(rate)",
        "-i", raw.string,
      ] + music + own + ["-threads", "1", clip.path.string])
    clips.append(clip)
  }

  private func path(_ suffix: String) -> FilePath {
    folder.appending("pool-\(clips.count).\(suffix)")
  }
}

/// Frames without any encoding, for ffmpeg to read.
enum RawVideo {
  static func write(_ path: FilePath, _ frames: [PlanarFrame]) throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.closeAfter {
      for frame in frames { try file.writeAll(frame.luma + frame.blue + frame.red) }
    }
  }

  static func remove(_ path: FilePath) { unlink(path.string) }
}
