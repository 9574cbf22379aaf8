import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Clips with other colours than planned are refused or converted, never passed on silently")
struct ConformColorTests {
  private static let frames = 9

  /// A clip of marks whose stream or container says other colours.
  private func clip(_ kind: String, _ studio: Studio) throws -> Assembly.Piece {
    let path = studio.folder.appending("\(kind).mp4")
    let tagged = studio.folder.appending("source.mp4")
    let coded = ["-c:v", "libx264", "-qp", "8", "-bf", "0"]
    switch kind {
    case "full range":
      try FootageTests.write(path, frames: Self.frames, coded + ["-color_range", "pc"])
    case "BT.601":
      try FootageTests.write(
        path, frames: Self.frames,
        coded + [
          "-colorspace", "smpte170m", "-color_primaries", "smpte170m", "-color_trc", "bt709",
        ])
    case "container":
      try FootageTests.write(tagged, frames: Self.frames, coded)
      try Programs.ffmpeg([
        "-i", tagged.string, "-c", "copy", "-colorspace", "bt2020nc", "-color_primaries", "bt2020",
        "-color_trc", "smpte2084", path.string,
      ])
    case "BT.709":
      try FootageTests.write(
        path, frames: Self.frames,
        coded + ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"])
    default: try FootageTests.write(path, frames: Self.frames, coded)
    }
    return studio.register(5, path, frames: Self.frames)
  }

  private func film(_ piece: Assembly.Piece, _ conform: ConformMode) -> Assembly {
    Assembly(size: Mark.size, frameRate: .thirty, pieces: [piece], conform: conform)
  }

  @Test("Strict refuses them by name", arguments: ["full range", "BT.601", "container"])
  func strict(kind: String) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let piece = try clip(kind, studio)
    let error = #expect(throws: OperationError.self) { try studio.stitch(film(piece, .strict)) }
    #expect(error?.code == .verificationFailed)
    #expect(error?.message.contains("clip 5") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("BT.709") == true, "\(error?.message ?? "")")
  }

  @Test("Planned and untagged colours pass, copied", arguments: ["BT.709", "untagged"])
  func planned(kind: String) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let report = try studio.stitch(film(try clip(kind, studio), .strict))
    #expect(report.copied == Self.frames)
  }

  @Test(
    "Otherwise they are converted, tagged, and the report says why",
    arguments: ["full range", "BT.601", "container"], [ConformMode.accept, .retime])
  func converted(kind: String, conform: ConformMode) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let report = try studio.stitch(film(try clip(kind, studio), conform))
    #expect(report.copied == 0 && report.frames == Self.frames)
    let told = try #require(report.pieces[0].obstacle)
    #expect(told.contains("colours") || told.contains("full range"), "\(told)")
    let tags = try Programs.probe(
      studio.film, "stream=color_range,color_space,color_transfer,color_primaries")
    #expect(tags.first == ["tv", "bt709", "bt709", "bt709"], "\(tags)")
    guard kind == "full range" else { return }
    // 50 and 200 of 255 are 59 and 188 of 16…235.
    let decoded = try Programs.decode(studio.film)
    let levels = Mark.levels(of: decoded.luma[0])
    let wanted = Mark(clip: 5, frame: 0).levels.map { 16 + $0 * 219 / 255 }
    #expect(zip(levels, wanted).allSatisfy { abs($0 - $1) < 6 }, "\(levels)")
  }
}
