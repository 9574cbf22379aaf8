import Foundation
import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("What need not change is copied bit for bit")
struct CopyTests {
  @Test("Copied packets are the clips' own, in their order")
  func identical() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let pieces = try (0..<3).map {
      try studio.clip($0, frames: 23, dropsLast: $0 < 2, bFrames: $0 == 1 ? 2 : 0)
    }
    let same = Assembly(size: Mark.size, frameRate: .thirty, pieces: [pieces[0], pieces[2]])
    try studio.stitch(same)
    let film = try Programs.decode(studio.film).packets.all
    let clips = try [0, 2].map {
      try Programs.decode(scratch.path("clip-\($0).mp4")).packets.all.map(\.hash)
    }
    #expect(film.map(\.hash) == clips[0].dropLast() + clips[1])
  }

  @Test("Clips of different encoders share a film with parameter sets in its packets")
  func mixedSets() throws {
    let scratch = try Scratch()
    let pool = try ClipPool(scratch.folder)
    let studio = Studio(scratch.folder)
    let clips = pool.clips.filter { $0.isCopyable && $0.frames > 2 }
    let pieces = clips.map { clip in
      var piece = studio.register(clip.name, clip.path, frames: clip.frames)
      piece.dropsLast = clip.name != clips.last?.name
      return piece
    }
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: pieces)
    let report = try studio.stitch(assembly)
    #expect(report.isInBand)
    #expect(report.encoded <= 4 * clips.count)
    try Judge.check(studio.film, shows: Expectation(assembly, studio.pictures(assembly)).film)
    let tag = try Programs.probe(studio.film, "stream=codec_tag_string")[0]
    #expect(tag == ["avc3"])
  }

  @Test("Holds and fades touch only the groups of pictures around them")
  func touchedGroups() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    var pieces = try (0..<3).map { try studio.clip($0, frames: 49, keyInterval: 6) }
    pieces[1].holdBefore = 5
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: pieces, fadeIn: 8, fadeOut: 7)
    let report = try studio.stitch(assembly)
    #expect(report.frames == 3 * 49 + 5)
    // 8 faded and 4 more up to the next key frame; 5 held; 7 faded.
    #expect(report.encoded == 12 + 5 + 7)
    #expect(report.film.encoded.map(\.start) == [0, 49, 145])
    try Judge.check(studio.film, shows: Expectation(assembly, studio.pictures(assembly)).film)
  }

  @Test("The same inputs give the same bytes")
  func deterministic() throws {
    let scratch = try Scratch()
    let pool = try ClipPool(scratch.folder)
    for seed in 200..<206 {
      let film = GeneratedFilm(seed: UInt64(seed), pool: pool)
      let digests = try (0..<2).map { round in
        let path = scratch.path("film-\(round).mp4")
        _ = try Stitcher().stitch(film.assembly, from: film.sources, into: path, title: "twice")
        return try Data(contentsOf: URL(fileURLWithPath: path.string))
      }
      #expect(digests[0] == digests[1], "seed \(seed)")
    }
  }

  @Test("`conform: retime` brings a clip to the planned frames and keeps both ends")
  func retimed() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    var clip = try studio.clip(1, frames: 37)
    clip.frames = 31
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [clip], conform: .retime)
    let report = try studio.stitch(assembly)
    #expect(report.frames == 31 && report.pieces[0].delivered == 37)
    let ranks = (0..<31).map { (2 * $0 * 36 + 30) / 60 }
    try Judge.check(studio.film, shows: ranks.map { Mark(clip: 1, frame: $0).levels })
  }

  @Test("The film carries its title and the tags given, and nothing about the machine")
  func tags() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let clip = try studio.clip(1, frames: 5)
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
    let tags = [
      ("encoding_tool", "keyreel 1.0"), ("comment", "animatic"), ("description", "sha256:0"),
    ]
    try studio.stitch(assembly, metadata: tags)
    let text = String(
      decoding: try Programs.output(
        "ffprobe",
        ["-v", "error", "-show_entries", "format_tags", "-of", "flat", studio.film.string]),
      as: UTF8.self)
    for wanted in ["a film", "keyreel 1.0", "animatic", "sha256:0"] {
      #expect(text.contains(wanted), "\(wanted) in \(text)")
    }
    #expect(!text.contains("Lavf"))
  }

  @Test("The index stands before the pictures, so that a player can begin at once")
  func indexFirst() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let clip = try studio.clip(1, frames: 50)
    try studio.stitch(Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip]))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: studio.film.string))
    let index = try #require(bytes.range(of: Data("moov".utf8)))
    let pictures = try #require(bytes.range(of: Data("mdat".utf8)))
    #expect(index.lowerBound < pictures.lowerBound)
  }
}
