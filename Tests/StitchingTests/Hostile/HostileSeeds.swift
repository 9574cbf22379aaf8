import Foundation
import KeyreelCore
import Media
import SystemPackage

/// Sound media files of many kinds, made by real encoders, to be damaged.
struct HostileSeeds {
  struct Seed {
    var path: FilePath
    /// Pictures that it shows.
    var frames: Int
  }

  static let frames = 14

  let seeds: [Seed]

  /// Writes all of them to `folder`.
  static func make(in folder: FilePath) throws {
    for (name, bFrames, keyInterval) in [("plain", 0, 12), ("short", 0, 3), ("reordered", 3, 250)] {
      try MarkedClip.write(
        folder.appending("own-\(name).mp4"), clip: 1, frames: frames, bFrames: bFrames,
        keyInterval: keyInterval)
    }
    let raw = folder.appending("raw")
    try RawVideo.write(raw, (0..<frames).map { Mark(clip: 3, frame: $0).frame() })
    let tone = folder.appending("tone.wav")
    try Programs.ffmpeg(["-f", "lavfi", "-i", "sine=440:duration=0.5", tone.string])
    for (name, arguments) in kinds {
      let input = [
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", Mark.size.description, "-r", "30", "-i",
        raw.string, "-i", tone.string,
      ]
      try Programs.ffmpeg(input + arguments + ["-threads", "1", folder.appending(name).string])
    }
    // An edit list hides the pictures before the cut.
    try Programs.ffmpeg([
      "-ss", "0.2", "-i", folder.appending("b.mp4").string, "-c", "copy",
      folder.appending("edited.mp4").string,
    ])
    try Programs.ffmpeg([
      "-i", folder.appending("b.mp4").string, "-c", "copy", "-metadata:s:v:0", "rotate=90",
      folder.appending("turned.mp4").string,
    ])
    try FileManager.default.removeItem(atPath: raw.string)
  }

  /// Those that stand in `folder`, always in the same order.
  init(in folder: FilePath) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
    seeds = names.map { name in
      Seed(path: folder.appending(name), frames: name == "edited.mp4" ? 8 : Self.frames)
    }
  }

  /// Names and what ffmpeg is asked for.
  private static let kinds: [(String, [String])] = {
    let (picture, both) = (["-map", "0:v"], ["-map", "0:v", "-map", "1:a"])
    let x264 = ["-c:v", "libx264", "-qp", "20"]
    let fragmented = "+frag_keyframe+empty_moov"
    return [
      ("a.mp4", both + x264 + ["-bf", "0", "-c:a", "aac"]),
      ("b.mp4", picture + x264 + ["-bf", "2", "-g", "5", "-movflags", "+faststart"]),
      ("open.mp4", picture + x264 + ["-x264-params", "open-gop=1:keyint=6:bframes=3"]),
      ("fragments.mp4", picture + x264 + ["-g", "4", "-movflags", fragmented]),
      (
        "dash.mp4",
        both + x264 + ["-g", "4", "-c:a", "aac", "-movflags", fragmented + "+dash+global_sidx"]
      ),
      ("interlaced.mp4", picture + x264 + ["-flags", "+ilme+ildct"]),
      ("deep.mp4", picture + x264 + ["-pix_fmt", "yuv422p10le"]),
      ("hevc.mp4", picture + ["-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", "log-level=0"]),
      ("vp9.mp4", picture + ["-c:v", "libvpx-vp9", "-cpu-used", "8"]),
      ("av1.mp4", picture + ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"]),
      ("mpeg4.mp4", both + ["-c:v", "mpeg4", "-bf", "2", "-c:a", "libmp3lame"]),
      ("prores.mov", both + ["-c:v", "prores_ks", "-c:a", "pcm_s16le"]),
      ("jpeg.mov", picture + ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]),
      ("wide.mov", picture + x264 + ["-vf", "scale=640:32", "-write_tmcd", "1"]),
      ("vp9.webm", both + ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-c:a", "libopus"]),
      ("x.mkv", both + x264 + ["-c:a", "flac"]), ("x.ts", both + x264 + ["-c:a", "aac"]),
      ("x.avi", picture + ["-c:v", "mpeg4"]), ("x.gif", picture),
      ("x.ogg", ["-map", "1:a", "-c:a", "libvorbis"]), ("x.mp3", ["-map", "1:a"]),
      ("x.flac", ["-map", "1:a"]), ("x.m4a", ["-map", "1:a", "-c:a", "alac"]),
    ]
  }()
}
