import Foundation
import KeyreelCore
import Stitching
import SystemPackage
import Testing

@Suite("Joins of real pictures: every defect above its threshold is found, none on clean joins")
struct JoinCorpusTests {
  /// Defects at the thresholds of docs/joins.md and above, and what must be found.
  static let defects: [(ClipDefect, JoinFault)] = [
    (.doubledStart(1), .duplicate), (.doubledEnd(1), .duplicate), (.doubledEnd(3), .duplicate),
    (.stalledStart(3), .stall), (.stalledStart(5), .stall), (.stalledStart(8), .stall),
    (.stalledEnd(3), .stall), (.stalledEnd(8), .stall), (.luma(2), .luma), (.luma(-3), .luma),
    (.luma(8), .luma), (.gain(95), .luma), (.gain(115), .luma), (.gamma(90), .luma),
    (.gamma(115), .luma), (.chroma(3), .chroma), (.chroma(-6), .chroma), (.hue(20), .chroma),
    (.hue(-30), .chroma), (.blur(2), .sharpness), (.blur(5), .sharpness), (.jump(40), .jump),
  ]

  static let isLong = ProcessInfo.processInfo.environment["KEYREEL_TORTURE"] != nil

  /// A few of each in the short form.
  static var scenes: [RealScene] {
    isLong ? RealScene.all : RealScene.all.filter { $0.description == "pan" }
  }

  /// Whether a scene can show the defect at all.
  private static func isSeen(_ defect: ClipDefect, _ fault: JoinFault, in scene: RealScene) -> Bool
  {
    switch (fault, defect) {
    // Grain is told as motion, and hides that nothing else moves: a limit that docs/joins.md states.
    case (.duplicate, _), (.stall, _): scene.speed > 0 && scene.grain < 8
    // Nothing is said of motion that is not there.
    case (.jump, _) where scene.speed == 0: false
    // A camera that covers a tenth of the picture in a frame changes it more than this.
    case (.jump, _) where scene.speed > 4: false
    // A part of light: in the dark it is little.
    case (.luma, .gain), (.luma, .gamma): scene.light == (100, 100) && scene.still.contains("far")
    case (.chroma, .hue): scene.still.contains("far") || scene.still.contains("dusk")
    default: true
    }
  }

  @Test("Real motion", arguments: scenes)
  func found(scene: RealScene) throws {
    let scratch = try Scratch()
    let ground = try RealScene.Ground(scene.still)
    let clean = try scene.film(.none, on: ground, in: scratch.folder, mend: .auto)
    tell(scene, .none, clean)
    #expect(clean.joins.flatMap(\.faults) == [], "\(scene): \(clean.joins[0].figures)")
    #expect(clean.encoded == 0 && clean.frames == clean.planned)
    let defects =
      Self.isLong
      ? Self.defects : Self.defects.enumerated().filter { $0.offset % 5 == 3 }.map(\.element)
    for (defect, fault) in defects where Self.isSeen(defect, fault, in: scene) {
      try check(scene, defect, fault, on: ground, in: scratch.folder)
    }
  }

  private func check(
    _ scene: RealScene, _ defect: ClipDefect, _ fault: JoinFault, on ground: RealScene.Ground,
    in folder: FilePath
  ) throws {
    let report = try scene.film(defect, on: ground, in: folder, mend: .auto)
    tell(scene, defect, report)
    let verdict = report.joins[0]
    let before = verdict.unmended ?? verdict.figures
    let what = "\(scene), \(defect): \(before)"
    #expect(JoinRules.faults(of: before, at: .chained).contains(fault), "\(what)")
    #expect(report.frames == report.planned, "\(what)")
    // Softness is told and not mended.
    guard fault != .sharpness else { return }
    #expect(!verdict.remedies.isEmpty, "\(what)")
    #expect(!verdict.faults.contains(fault), "\(what) → \(verdict.figures)")
    if fault == .luma { #expect(abs(verdict.figures.lumaStep) < 219.0 / 255, "\(what)") }
    if fault == .stall { #expect(verdict.figures.stall <= before.stall / 2, "\(what)") }
  }

  /// The long form tells its figures: thresholds are read off them.
  private func tell(_ scene: RealScene, _ defect: ClipDefect, _ report: StitchReport) {
    guard Self.isLong else { return }
    let verdict = report.joins[0]
    let (old, new) = (verdict.unmended ?? verdict.figures, verdict.figures)
    print(
      "corpus\t\(scene)\t\(defect)\tdup \(old.duplicates)\tstall \(old.stall)→\(new.stall)\t"
        + "luma \(old.lumaStep)/\(old.lumaMotion)→\(new.lumaStep)\t"
        + "chroma \(old.chromaStep)/\(old.chromaMotion)→\(new.chromaStep)\t"
        + "sharp \(old.sharpnessStep)/\(old.sharpnessMotion)\t"
        + "motion \(old.motionBefore) \(old.motionAcross) \(old.motionAfter)\t"
        + "\(JoinRules.faults(of: old, at: .chained).map(\.rawValue)) → \(verdict.faults.map(\.rawValue))"
    )
  }

  @Test("Slow drift over a hundred segments is led back, and no slope is left")
  func drift() throws {
    let scratch = try Scratch()
    let chain = DriftingChain(segments: 100, steps: 0.2)
    let mended = try chain.film(in: scratch.folder, mend: .auto)
    let plain = try chain.film(in: scratch.folder, mend: .off)
    #expect(mended.frames == mended.planned && plain.frames == plain.planned)
    func distances(_ report: StitchReport) -> [Double] {
      report.joins.compactMap { $0.figures.keyframe.map { ($0.lumaBefore + $0.lumaAfter) / 2 } }
    }
    #expect(plain.joins.contains { $0.faults.contains(.drift) })
    #expect(DriftingChain.slope(distances(plain)) > 0.15)
    // Steps a segment; noise of coding and rounding alone is as much.
    #expect(abs(DriftingChain.slope(distances(mended))) < 0.01)
    #expect(mended.joins.flatMap(\.faults) == [])
    #expect(mended.joins.allSatisfy { abs($0.figures.lumaStep) < 219.0 / 255 })
  }
}
