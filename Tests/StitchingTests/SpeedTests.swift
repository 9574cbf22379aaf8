import Foundation
import Glibc
import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

/// Measurements beside the ffmpeg program, for release builds: `KEYREEL_SPEED=<clips> swift test -c release`.
@Suite(
  "Speed beside ffmpeg",
  .enabled(if: ProcessInfo.processInfo.environment["KEYREEL_SPEED"] != nil), .serialized)
struct SpeedTests {
  static let clips = Int(ProcessInfo.processInfo.environment["KEYREEL_SPEED"] ?? "") ?? 200
  static let size = PixelSize(width: 832, height: 480)

  /// The most memory that this process has had so far, in megabytes.
  private static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }

  /// Best of three, in seconds, each with a cold start of its own but warm file caches.
  private func best(_ work: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<3 {
      let clock = ContinuousClock()
      let spent = try clock.measure(work)
      best = min(
        best, Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18)
    }
    return best
  }

  @Test("Copying and dropping, beside ffmpeg's concat")
  func copying() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    // A noisy moving picture, about 5 MB per clip.
    let first = scratch.path("first.mp4")
    try Programs.ffmpeg([
      "-f", "lavfi", "-i", "testsrc2=s=832x480:r=30:d=8", "-vf", "noise=alls=12:allf=t",
      "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-bf", "0", "-g", "30",
      "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-threads", "2", first.string,
    ])
    var pieces: [Assembly.Piece] = []
    var list = ""
    for index in 0..<Self.clips {
      let path = scratch.path("clip-\(index).mp4")
      try FileManager.default.copyItem(atPath: first.string, toPath: path.string)
      pieces.append(studio.register(index, path, frames: 240))
      list += "file '\(path.string)'\n"
    }
    let listing = scratch.path("list.txt")
    try Data(list.utf8).write(to: URL(fileURLWithPath: listing.string))
    let joined = scratch.path("joined.mp4")
    let peer = try best {
      try Programs.ffmpeg([
        "-f", "concat", "-safe", "0", "-i", listing.string, "-c", "copy", joined.string,
      ])
    }
    let assembly = Assembly(size: Self.size, frameRate: .thirty, pieces: pieces)
    let before = Self.peak
    let own = try best { _ = try studio.stitch(assembly) }
    var chained = assembly
    for index in pieces.indices.dropLast() { chained.pieces[index].dropsLast = true }
    var report: StitchReport?
    let dropping = try best { report = try studio.stitch(chained) }
    print(
      "\(Self.clips) clips: ffmpeg -c copy \(peer) s, copied \(own) s (\(own / peer)x),",
      "dropped \(dropping) s, encoded \(report?.encoded ?? -1), peak \(Self.peak) MB, before \(before) MB"
    )
  }
}
