import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Where a looping film begins again is a join like any other")
struct LoopJoinTests {
  /// There and back again: the second clip ends, perhaps with a defect, where the first begins.
  private func film(
    _ defect: MovingScene.Defect, in folder: FilePath, mend: JoinMending = .auto, fadeOut: Int = 0
  ) throws -> StitchReport {
    let (size, frames) = (MovingScene.size, MovingScene.clipFrames)
    let (plain, broken) = (MovingScene(), MovingScene(defect: defect))
    let paths = try (0..<2).map { clip in
      let path = folder.appending("loop-\(clip).mp4")
      let writer = try ClipWriter(
        path, settings: VideoSettings(size: size, frameRate: .thirty, crf: 12))
      for index in 0..<frames {
        try writer.append(
          clip == 0 ? plain.frame(index, of: 1) : broken.frame(frames - 1 - index, of: 1))
      }
      try writer.finish()
      return path
    }
    let keyframes = try [frames - 1, 2 * (frames - 1)].map {
      try plain.picture(at: Double($0)).rgb(scaledTo: size).fitted
    }
    let pieces = (0..<2).map {
      Assembly.Piece(
        source: .clip(Studio.key($0)), label: ["there", "back"][$0], frames: frames,
        dropsLast: true)
    }
    return try Stitcher().stitch(
      Assembly(size: size, frameRate: .thirty, pieces: pieces, fadeOut: fadeOut, mend: mend),
      from: FilmSources(
        clip: { paths[$0 == Studio.key(0) ? 0 : 1] }, file: { FilePath($0) },
        still: { _ in keyframes[0] },
        keyframe: { key, end in keyframes[(key == Studio.key(0)) == (end == .first) ? 0 : 1] }),
      into: folder.appending("film.mp4"), title: "loop")
  }

  @Test("It is measured with the film's end before it and the film's beginning behind it")
  func clean() throws {
    let scratch = try Scratch()
    let report = try film(.none, in: scratch.folder)
    #expect(report.frames == 2 * MovingScene.clipFrames - 2)
    #expect(report.joins.map(\.place.frame) == [MovingScene.clipFrames - 1, 0])
    let closing = try #require(report.joins.last)
    #expect(closing.place.before == "back" && closing.place.after == "there")
    #expect(closing.place.framesBefore.range.upperBound == report.frames)
    #expect(closing.place.framesAfter.start == 0)
    #expect(closing.isClean, "\(closing.figures)")
    #expect(report.encoded == 0)
  }

  @Test(
    "A defect of it is found and mended, and the film keeps its length",
    arguments: [
      (.stalledStart(5), .stall), (.doubledStart(2), .duplicate), (.luma(6), .luma),
      (.jump(24), .jump),
    ] as [(MovingScene.Defect, JoinFault)])
  func mended(defect: MovingScene.Defect, fault: JoinFault) throws {
    let scratch = try Scratch()
    let plain = try film(defect, in: scratch.folder, mend: .off)
    #expect(plain.joins[1].faults.contains(fault), "\(plain.joins[1].figures)")
    let report = try film(defect, in: scratch.folder)
    #expect(report.frames == report.planned)
    let closing = report.joins[1]
    #expect(!closing.remedies.isEmpty, "\(closing.figures)")
    #expect(!closing.faults.contains(fault), "\(closing.figures)")
    let again = try FilmJoins(scratch.folder.appending("film.mp4"), size: MovingScene.size)
    #expect(try again.figures(at: closing.place) == closing.figures)
  }

  @Test("A film that fades to black has no such join")
  func faded() throws {
    let scratch = try Scratch()
    #expect(try film(.none, in: scratch.folder, fadeOut: 6).joins.count == 1)
  }
}
