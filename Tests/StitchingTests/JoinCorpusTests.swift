import Foundation
import KeyreelCore
import KeyreelTesting
import Stitching
import SystemPackage
import Testing

@Suite(
  "Joins of real pictures: every defect above its threshold is found, none on clean joins",
  .ownThread)
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

  @Test("Real motion", arguments: scenes)
  func found(scene: RealScene) throws {
    let scratch = try Scratch()
    let ground = try RealScene.Ground(scene.still)
    let clean = try scene.film(.none, on: ground, in: scratch.folder, mend: .auto)
    tell(scene, .none, clean)
    expectUntouched(clean, "\(scene)")
    let defects =
      Self.isLong
      ? Self.defects : Self.defects.enumerated().filter { $0.offset % 5 == 3 }.map(\.element)
    for (listed, fault) in defects {
      let defect = scene.having(listed)
      let isShown = scene.shows(defect, as: fault, on: ground)
      try check(scene, defect, isShown ? fault : nil, on: ground, in: scratch.folder)
    }
  }

  @Test("Nothing is found on clean joins of coarser clips, nor on hard cuts", arguments: scenes)
  func silent(scene: RealScene) throws {
    let scratch = try Scratch()
    let ground = try RealScene.Ground(scene.still)
    for crf in Self.isLong ? [18, 23, 28] : [23] {
      var coarse = scene
      coarse.crf = crf
      let clean = try coarse.film(.none, on: ground, in: scratch.folder, mend: .auto)
      tell(coarse, .none, clean)
      expectUntouched(clean, "\(scene), crf \(crf)")
    }
    for defect in [ClipDefect.none, .jump(40), .luma(8), .hue(-30), .doubledStart(3)] {
      let cut = try scene.film(
        scene.having(defect), on: ground, in: scratch.folder, mend: .auto, isCut: true)
      expectUntouched(cut, "\(scene), cut with \(defect)")
    }
  }

  private func expectUntouched(_ report: StitchReport, _ what: String) {
    #expect(report.joins.flatMap(\.faults) == [], "\(what): \(report.joins[0].figures)")
    #expect(report.encoded == 0 && report.frames == report.planned, "\(what)")
  }

  /// `fault` is what must be found; `nil` where the scene hides the defect.
  private func check(
    _ scene: RealScene, _ defect: ClipDefect, _ fault: JoinFault?, on ground: RealScene.Ground,
    in folder: FilePath
  ) throws {
    let report = try scene.film(defect, on: ground, in: folder, mend: .auto)
    tell(scene, defect, report, isHidden: fault == nil)
    let verdict = report.joins[0]
    let before = verdict.unmended ?? verdict.figures
    let what = "\(scene), \(defect): \(before) → \(verdict.figures)"
    #expect(report.frames == report.planned, "\(what)")
    if !verdict.remedies.isEmpty {
      // One step of 255 is 219/255 of a coded one.
      #expect(abs(verdict.figures.lumaStep) < 219.0 / 255, "\(what)")
    }
    guard let fault else { return }
    let faults = JoinRules.faults(of: before, at: .chained)
    // Three doubled frames are a stall of three as well: either word tells of them.
    let isTold =
      faults.contains(fault) || (defect == .doubledEnd(3) && faults.contains(.stall))
    #expect(isTold, "\(what)")
    // Softness is told and not mended.
    guard fault != .sharpness else { return }
    #expect(!verdict.remedies.isEmpty, "\(what)")
    #expect(verdict.faults == [], "\(what)")
    if faults.contains(.stall) {
      #expect(verdict.figures.stall <= before.stall / 2, "\(what)")
    }
  }

  /// The long form tells its figures: thresholds are read off them.
  private func tell(
    _ scene: RealScene, _ defect: ClipDefect, _ report: StitchReport, isHidden: Bool = false
  ) {
    guard Self.isLong else { return }
    let verdict = report.joins[0]
    let (old, new) = (verdict.unmended ?? verdict.figures, verdict.figures)
    print(
      "corpus\t\(scene) \(scene.crf)\t\(defect)\(isHidden ? " hidden" : "")\tdup \(old.duplicates)\tstall \(old.stall)→\(new.stall)\t"
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
