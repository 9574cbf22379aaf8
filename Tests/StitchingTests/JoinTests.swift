import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Chained clips become one film")
struct JoinTests {
  @Test("The doubled keyframe is dropped and every packet is copied")
  func pureCopy() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let pieces = try (0..<4).map { try studio.clip($0, frames: 13, dropsLast: $0 < 3) }
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: pieces)
    let report = try studio.stitch(assembly)
    #expect(report.frames == 4 * 13 - 3)
    #expect(report.copied == report.frames)
    try Judge.check(studio.film, shows: Expectation(assembly, studio.pictures(assembly)).film)
  }

  @Test(
    "B frames cost a few encoded frames at a join and change nothing else",
    arguments: [1, 2, 3])
  func reordered(bFrames: Int) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let pieces = try (0..<4).map {
      try studio.clip($0, frames: 14 + $0, dropsLast: $0 < 3, bFrames: bFrames, keyInterval: 250)
    }
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: pieces)
    let report = try studio.stitch(assembly)
    #expect(report.frames == assembly.frames)
    #expect(report.encoded <= 3 * (bFrames + 1))
    try Judge.check(studio.film, shows: Expectation(assembly, studio.pictures(assembly)).film)
  }
}
