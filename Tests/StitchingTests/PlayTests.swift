import KeyreelCore
import KeyreelTesting
import Stitching
import SystemPackage
import Testing

@Suite("Mended films play and seek", .ownThread)
struct PlayTests {
  /// Films whose windows are encoded anew: by our own clips' encoder, between B frames, and between clips
  /// of encoders that tell their parameters differently.
  enum Make: CaseIterable, Sendable {
    case ownClips
    case bFrames
    case differentSets

    func film(in folder: FilePath) throws -> StitchReport {
      let scene = MovingScene(defect: .stalledStart(5))
      return switch self {
      case .ownClips: try scene.film(in: folder, mend: .auto)
      case .bFrames: try scene.film(in: folder, mend: .auto, keyInterval: 250, bFrames: 2)
      case .differentSets:
        try scene.film(
          in: folder, mend: .auto, keyInterval: 24, options: ["", "ref=3:cabac=0", "ref=2"])
      }
    }
  }

  /// The frames on both sides of every join and of every change between copied and encoded packets.
  private static func places(_ report: StitchReport) -> [Int] {
    let edges =
      report.joins.map(\.place.frame)
      + report.film.encoded.flatMap { [$0.start, $0.start + $0.count] }
    return Set(edges.flatMap { $0 - 2...$0 + 1 }.filter { (0..<report.frames).contains($0) })
      .union([0, report.frames - 1]).sorted()
  }

  @Test(
    "Chromium plays them to the end and shows the frame that was asked for",
    arguments: Make.allCases)
  func chromium(_ make: Make) throws {
    let scratch = try Scratch()
    let report = try make.film(in: scratch.folder)
    #expect(!report.film.encoded.isEmpty && report.copied > 0)
    #expect(report.isInBand == (make == .differentSets))
    let script = FilePath(#filePath).removingLastComponent().appending("Python/play_film.py")
    let outcome = try ChildProcess.run([
      "python3", "-B", script.string, scratch.path("film.mp4").string, "30",
      Self.places(report).map(String.init).joined(separator: ","),
    ])
    #expect(outcome.errors == "", "\(make)")
  }

  @Test("A seek gives the same pictures as decoding in order", arguments: Make.allCases)
  func seeks(_ make: Make) throws {
    let scratch = try Scratch()
    let report = try make.film(in: scratch.folder)
    let film = scratch.path("film.mp4")
    let inOrder = try Programs.frameHashes(film)
    #expect(inOrder.count == report.frames)
    for frame in Self.places(report) {
      // Half a frame before its time: ffmpeg shows what comes at or behind a time.
      let time = max(0, Double(frame) - 0.5) / 30
      let found = try Programs.frameHashes(
        film, before: ["-ss", "\(time)"], after: ["-frames:v", "3"])
      #expect(found == Array(inOrder[frame...].prefix(3)), "\(make), frame \(frame)")
    }
  }
}
