import KeyreelCore
import KeyreelTesting
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Joins are measured, and mended where they show", .ownThread)
struct JoinDefectTests {
  typealias Defect = MovingScene.Defect

  /// Which join has the defect (0 or 1), and what must be found there.
  static let defects: [(Defect, join: Int, JoinFault)] = [
    (.doubledStart(1), 0, .duplicate), (.doubledStart(2), 0, .duplicate),
    (.doubledEnd(1), 1, .duplicate), (.doubledEnd(3), 1, .duplicate),
    (.stalledStart(3), 0, .stall), (.stalledStart(5), 0, .stall), (.stalledStart(8), 0, .stall),
    (.stalledEnd(3), 1, .stall), (.stalledEnd(8), 1, .stall),
    (.luma(3), 0, .luma), (.luma(-6), 1, .luma), (.gain(95), 0, .luma), (.gain(110), 1, .luma),
    (.chroma(3), 0, .chroma), (.chroma(-6), 1, .chroma), (.drift(5), 1, .luma),
    (.jump(24), 0, .jump),
  ]

  @Test("Clean joins are called clean", arguments: [(1.0, 30), (2, 250), (3.5, 30)])
  func clean(speed: Double, keyInterval: Int) throws {
    let scratch = try Scratch()
    let report = try MovingScene(speed: speed).film(
      in: scratch.folder, mend: .auto, keyInterval: keyInterval)
    #expect(report.joins.count == 2)
    #expect(report.joins.flatMap(\.faults) == [])
    #expect(report.joins.allSatisfy { $0.remedies.isEmpty })
    #expect(report.encoded == 0)
  }

  @Test(
    "Every defect is found, and after mending the film is as planned and no join shows it",
    arguments: defects)
  func mended(defect: Defect, join: Int, fault: JoinFault) throws {
    let scratch = try Scratch()
    let report = try MovingScene(defect: defect).film(in: scratch.folder, mend: .auto)
    #expect(report.frames == report.planned)
    #expect(report.copied > 0)
    let verdict = report.joins[join]
    let unmended = try #require(verdict.unmended, "\(defect): \(verdict.figures)")
    let found = JoinRules.faults(of: unmended, at: .chained)
    #expect(found.contains(fault), "\(defect): \(unmended)")
    #expect(!verdict.remedies.isEmpty)
    #expect(!verdict.faults.contains(fault), "\(defect): \(verdict.figures)")
    // One step of 255 is 219/255 of a coded one.
    #expect(abs(verdict.figures.lumaStep) < 219.0 / 255, "\(defect): \(verdict.figures)")
    if fault == .stall { #expect(verdict.figures.stall <= unmended.stall / 2) }
  }

  @Test("Frames outside of mended windows are the clips' own, bit for bit", arguments: [0, 2])
  func copiesStay(bFrames: Int) throws {
    let scratch = try Scratch()
    let report = try MovingScene(defect: .stalledStart(5)).film(
      in: scratch.folder, mend: .auto, bFrames: bFrames)
    let film = try Programs.frameHashes(scratch.folder.appending("film.mp4"))
    #expect(film.count == report.frames)
    let last = MovingScene.clipFrames - 1
    let clips = try (0..<3).map {
      try Programs.frameHashes(scratch.folder.appending("scene-\($0).mp4"))
    }
    let encoded = report.film.encoded.map(\.range)
    var compared = 0
    for frame in film.indices where !encoded.contains(where: { $0.contains(frame) }) {
      let clip = min(frame / last, 2)
      #expect(film[frame] == clips[clip][frame - clip * last])
      compared += 1
    }
    #expect(compared == report.copied && compared > report.frames / 2)
  }

  @Test("A remedy that is not allowed is not used")
  func onlyAllowed() throws {
    let scratch = try Scratch()
    let report = try MovingScene(defect: .stalledStart(5)).film(
      in: scratch.folder, mend: .only([.color, .drop]))
    #expect(!report.joins[0].remedies.contains(.trim))
    #expect(report.joins[0].faults.contains(.stall))
  }

  @Test("A strip shows the eight frames around a join")
  func strip() throws {
    let scratch = try Scratch()
    let report = try MovingScene().film(in: scratch.folder, mend: .off)
    let joins = try FilmJoins(scratch.folder.appending("film.mp4"), size: MovingScene.size)
    let strip = try joins.strip(at: report.joins[0].place)
    #expect(strip.prefix(2) == [0xFF, 0xD8])
    #expect(strip.count < 60_000)
  }
}
