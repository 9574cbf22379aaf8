import Foundation
import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("What clips show at their ends is measured once, on arrival")
struct EdgeTests {
  static let size = PixelSize(width: 320, height: 192)
  static let frames = 61

  /// Three chained clips of a pan, one group of pictures each, as another encoder makes them.
  static func clips(in folder: FilePath, bFrames: Int) throws -> [FilePath] {
    try (0..<3).map { clip in
      let path = folder.appending("foreign-\(clip).mp4")
      let start = clip * (frames - 1)
      try Programs.ffmpeg([
        "-f", "lavfi", "-i", "testsrc2=size=640x384:rate=30", "-vf",
        "trim=start_frame=1:end_frame=2,loop=loop=-1:size=1,setpts=N/30/TB,"
          + "crop=320:192:x='2*(n+\(start))':y=(n+\(start))/2",
        "-frames:v", "\(frames)", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "fast",
        "-g", "250", "-bf", "\(bFrames)", "-crf", "18",
        "-movflags", "+faststart", path.string,
      ])
      return path
    }
  }

  static func film(
    of clips: [FilePath], edges: [ClipEdges?], into path: FilePath, mend: JoinMending = .off
  ) throws -> StitchReport {
    let pieces = clips.indices.map {
      Assembly.Piece(
        source: .clip(Studio.key($0)), label: "clip \($0)", frames: frames,
        dropsLast: $0 + 1 < clips.count)
    }
    let names = Dictionary(uniqueKeysWithValues: clips.indices.map { (Studio.key($0), $0) })
    return try Stitcher().stitch(
      Assembly(size: size, frameRate: .thirty, pieces: pieces, mend: mend),
      from: FilmSources(
        clip: { clips[names[$0] ?? 0] }, file: { FilePath($0) },
        still: { _ in GeneratedFilm.picture(0) },
        edges: { key in names[key].flatMap { edges[$0] } }),
      into: path, title: "film")
  }

  static func inspected(_ clips: [FilePath]) async throws -> [ClipEdges] {
    var found: [ClipEdges] = []
    for clip in clips {
      let inspection = try await StrictInspector(measuresEdges: true).inspect(clip)
      found.append(try #require(inspection.edges))
    }
    return found
  }

  @Test(
    "Joins have the same figures and films the same bytes as when the clips are decoded again",
    arguments: [0, 2, 3])
  func same(bFrames: Int) async throws {
    let scratch = try Scratch()
    let clips = try Self.clips(in: scratch.folder, bFrames: bFrames)
    let edges = try await Self.inspected(clips)
    let (quick, slow) = (scratch.path("quick.mp4"), scratch.path("slow.mp4"))
    let known = try Self.film(of: clips, edges: edges, into: quick)
    let decoded = try Self.film(of: clips, edges: [nil, nil, nil], into: slow)
    #expect(known.joins == decoded.joins)
    #expect(known.joins.allSatisfy { $0.figures.motionAcross > 0 })
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: quick.string))
        == Data(contentsOf: URL(fileURLWithPath: slow.string)))
    // What a film's verification finds.
    let again = try FilmJoins(quick, size: Self.size).verdicts(
      again: known.joins, CancellationToken())
    #expect(again == known.joins)
  }

  @Test("A record gives back what was measured; a damaged one gives nothing")
  func record() async throws {
    let scratch = try Scratch()
    let clips = try Self.clips(in: scratch.folder, bFrames: 2)
    let edges = try await Self.inspected([clips[1]])[0]
    let record = edges.record
    #expect(ClipEdges(record: record) == edges)
    for place in stride(from: 0, to: record.count, by: record.count / 40) {
      var harmed = record
      harmed[place] ^= 0x10
      #expect(ClipEdges(record: harmed) == nil)
      #expect(ClipEdges(record: Array(record[..<place])) == nil)
    }
    let sketch = edges.head.traits[0].sketch
    #expect(PictureSketch(record: sketch.record) == sketch)
    #expect(PictureSketch(record: Array(sketch.record.dropLast())) == nil)
  }
}
