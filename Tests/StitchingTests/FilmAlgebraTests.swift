import Foundation
import KeyreelCore
import KeyreelTesting
import Stitching
import SystemPackage
import Testing

@Suite("Film algebra over generated films", .ownThread)
struct FilmAlgebraTests {
  /// Generated films; `KEYREEL_TORTURE` asks for more.
  static let count =
    ProcessInfo.processInfo.environment["KEYREEL_TORTURE"].map { max(1000, Int($0) ?? 0) } ?? 100

  @Test("Every film frame shows exactly what the plan says")
  func everyFrame() throws {
    let scratch = try Scratch()
    let pool = try ClipPool(scratch.folder)
    for seed in 0..<Self.count {
      let film = GeneratedFilm(seed: UInt64(seed), pool: pool)
      let path = scratch.path("film-\(seed).mp4")
      let expected = Expectation(film.assembly, film.pictures)
      let report = try Stitcher().stitch(
        film.assembly, from: film.sources, into: path, title: "film \(seed)")
      #expect(report.frames == expected.film.count, "seed \(seed)")
      #expect(report.pieces.map(\.firstPicture) == expected.starts, "seed \(seed)")
      #expect(report.planned == film.assembly.frames)
      try Judge.check(path, shows: expected.film, "(seed \(seed))")
      try FileManager.default.removeItem(atPath: path.string)
    }
  }
}
