import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Clips of real motion that came otherwise than planned")
struct DeliveredClipTests {
  enum Fault: CaseIterable, Sendable {
    case otherRate, otherSize, straySound, fewerFrames

    /// What ffmpeg makes of the planned clip.
    var options: [String] {
      switch self {
      case .otherRate: ["-vf", "setpts=N/24/TB", "-r", "24"] + Self.coding
      case .otherSize: ["-vf", "scale=480:288:flags=lanczos"] + Self.coding
      case .straySound:
        ["-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-c:v", "copy", "-c:a", "aac"]
      case .fewerFrames: ["-frames:v", "31"] + Self.coding
      }
    }

    private static let coding = ["-c:v", "libx264", "-crf", "12", "-bf", "2"]

    /// Whether the look at a clip on its arrival tells what came; of sound it says nothing.
    func isTold(by clip: ClipInspection) -> Bool {
      switch self {
      case .otherRate: clip.frameRate == FrameRate(24, 1) && clip.frames == RealScene.clipFrames
      case .otherSize: clip.size == PixelSize(width: 480, height: 288)
      case .straySound: clip.frames == RealScene.clipFrames
      case .fewerFrames: clip.frames == 31
      }
    }
  }

  /// The film of a pan whose second clip `change` made something else of.
  private func film(
    in folder: FilePath, _ change: (FilePath) throws -> Void
  ) throws -> StitchReport {
    let scene = RealScene.all[0]
    return try scene.film(
      .none, on: try RealScene.Ground(scene.still), in: folder, mend: .auto, conform: .retime,
      delivered: change)
  }

  @Test(
    "What came is told on arrival; the film is as long as planned, silent, and joined cleanly",
    arguments: Fault.allCases)
  func conformed(fault: Fault) async throws {
    let scratch = try Scratch()
    let other = scratch.path("other.mp4")
    let report = try film(in: scratch.folder) { clip in
      try Programs.ffmpeg(["-i", clip.string] + fault.options + [other.string])
      #expect(rename(other.string, clip.string) == 0)
    }
    let found = try await StrictInspector().inspect(scratch.path("real-1.mp4"))
    #expect(fault.isTold(by: found), "\(found)")
    #expect(report.frames == report.planned && report.frames == 2 * RealScene.clipFrames - 1)
    let film = scratch.path("film.mp4")
    #expect(try Programs.frameHashes(film).count == report.frames)
    #expect(try Programs.probe(film, "stream=codec_name", stream: "a").isEmpty)
    #expect(report.joins[0].faults == [], "\(report.joins[0].figures)")
  }

  @Test("A clip whose tail is missing is refused by name, on arrival and in the film")
  func truncated() async throws {
    let scratch = try Scratch()
    let error = #expect(throws: OperationError.self) {
      try film(in: scratch.folder) { clip in
        let moved = scratch.path("moved.mp4")
        try Programs.ffmpeg([
          "-i", clip.string, "-c", "copy", "-movflags", "+faststart", moved.string,
        ])
        let length = try FileBytes.read(moved, name: "clip").count
        #expect(truncate(moved.string, length * 3 / 4) == 0)
        #expect(rename(moved.string, clip.string) == 0)
      }
    }
    #expect(error?.message.contains("real-1.mp4") == true, "\(error?.message ?? "")")
    let clip = scratch.path("real-1.mp4")
    let arrival = await #expect(throws: OperationError.self) {
      try await StrictInspector().inspect(clip)
    }
    #expect(arrival?.message.contains("real-1.mp4") == true, "\(arrival?.message ?? "")")
  }
}
