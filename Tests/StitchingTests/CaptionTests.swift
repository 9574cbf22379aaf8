import Foundation
import KeyreelCore
import KeyreelTesting
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Words over and beside a film", .ownThread)
struct CaptionTests {
  static let size = PixelSize(width: 320, height: 180)
  static let look = TextLook(
    fonts: [TextFont(name: TextLook.usualFont)], size: 90, position: .bottom)

  static func cue(_ text: String, _ frames: Range<Int>) -> Assembly.Cue {
    .init(
      text, start: FilmMark(offset: frames.lowerBound), end: FilmMark(offset: frames.upperBound))
  }

  /// One clip of 60 moving pictures with a key picture every 6.
  private func film(_ scratch: borrowing Scratch, bFrames: Int = 0) throws -> (Studio, Assembly) {
    let studio = Studio(scratch.folder)
    let clip = scratch.path("clip.mp4")
    try Programs.ffmpeg([
      "-f", "lavfi", "-i", "testsrc2=s=\(Self.size):r=30", "-frames:v", "60", "-pix_fmt", "yuv420p",
      "-c:v", "libx264", "-qp", "18", "-bf", "\(bFrames)", "-g", "6", "-x264-params",
      "scenecut=0:open-gop=0", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc",
      "bt709", clip.string,
    ])
    let piece = studio.register(0, clip, frames: 60)
    var assembly = Assembly(size: Self.size, frameRate: .thirty, pieces: [piece])
    assembly.captions = [
      .init(
        language: "de",
        cues: [
          Self.cue("Grüß Gott & „hallo“", 8..<20), Self.cue("zwei <Zeilen>\nsind es", 30..<45),
          Self.cue("Ende", 45..<60),
        ], look: Self.look)
    ]
    return (studio, assembly)
  }

  @Test(
    "Burnt captions touch their window up to the next key picture; all else is copied",
    arguments: [0, 2])
  func windows(bFrames: Int) throws {
    let scratch = try Scratch()
    var (studio, assembly) = try film(scratch, bFrames: bFrames)
    assembly.captionUse = CaptionUse(burnt: [0])
    assembly.captions[0].cues.removeLast(2)
    let report = try studio.stitch(assembly)
    #expect(report.frames == 60)
    #expect(report.film.lettered == [FilmStretch(8..<20)])
    let touched = try #require(report.film.encoded.first?.range)
    #expect(report.film.encoded.count == 1)
    #expect(touched.lowerBound > 8 - 1 - bFrames - 1 && touched.upperBound == 24)
    let (clip, film) = try (
      Programs.decode(scratch.path("clip.mp4"), size: Self.size),
      Programs.decode(studio.film, size: Self.size)
    )
    // Packets are copied bit for bit, and show the same pictures.
    let hashes = Set(clip.packets.all.map(\.hash))
    let copied = film.packets.all.filter { hashes.contains($0.hash) }
    #expect(copied.count == 60 - touched.count)
    for frame in 0..<60 {
      let change = zip(clip.luma[frame], film.luma[frame]).map { abs(Int($0) - Int($1)) }
      if !touched.contains(frame) { #expect(change.allSatisfy { $0 == 0 }, "frame \(frame)") }
      let strong = change.enumerated().filter { $0.element > 60 }
      if (8..<20).contains(frame) {
        #expect(strong.count > 100, "frame \(frame) shows words")
        let rows = strong.map { $0.offset / Self.size.width }
        #expect(
          rows.allSatisfy { (Self.size.height * 3 / 4..<Self.size.height * 19 / 20).contains($0) })
      } else {
        #expect(strong.count < 20, "frame \(frame) shows none")
      }
    }
  }

  static let containers: [(FilmCodec, String)] = [
    (.h264, "mov"), (.hevc, "mp4"), (.prores, "mov"), (.vp9, "webm"),
  ]

  @Test("Tracks say what the text file says, in every container, and nothing is encoded for them")
  func tracks() throws {
    let scratch = try Scratch()
    var (studio, assembly) = try film(scratch)
    assembly.captionUse = CaptionUse(tracks: [0])
    let companions = Self.containers.map { codec, ending in
      FilmCompanion(
        form: .encoded(codec, crf: codec.crfs == nil ? nil : 40), ending: ending,
        path: scratch.path("\(codec.rawValue).\(ending)"), captions: CaptionUse(tracks: [0]))
    }
    let sidecar = FilmCompanion(
      form: .captions(row: 0, language: "de"), ending: "srt", path: scratch.path("film.srt"))
    let report = try studio.stitch(assembly, companions: companions + [sidecar])
    #expect(report.copied == 60)
    let written = try String(contentsOfFile: sidecar.path.string, encoding: .utf8)
    #expect(written.hasPrefix("1\n00:00:00,267 --> 00:00:00,667\nGrüß Gott & „hallo“\n\n2\n"))
    for file in [studio.film] + companions.map(\.path) {
      let text = try Programs.output(
        "ffmpeg", ["-v", "error", "-i", file.string, "-map", "0:s:0", "-f", "srt", "-"])
      #expect(Self.plain(String(decoding: text, as: UTF8.self)) == Self.plain(written), "\(file)")
      let tags = try Programs.probe(
        file, "stream=codec_name:stream_tags=language:stream_disposition=default", stream: "s:0")
      // German has an older code, too, which QuickTime and some readers of Matroska say.
      let codec = file.extension == "webm" ? "webvtt" : "mov_text"
      let languages = file.extension == "mp4" ? ["deu"] : ["deu", "ger"]
      #expect(languages.contains { tags == [[codec, "1", $0]] }, "\(file) \(tags)")
    }
    #expect(try Programs.frameHashes(studio.film) == Programs.frameHashes(scratch.path("clip.mp4")))
  }

  /// Captions as ffmpeg writes them: it escapes for SubRip what it takes for tags.
  private static func plain(_ text: String) -> [String] {
    text.replacing("\r\n", with: "\n").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&").split(separator: "\n").map(String.init)
  }

  @Test(
    "Each file shows what was chosen for it, from one pass over the clips, and twice the same bytes"
  )
  func choices() throws {
    let scratch = try Scratch()
    var (studio, assembly) = try film(scratch)
    assembly.titles = [
      .init(
        Self.cue("TITEL", 0..<10), look: .init(fonts: Self.look.fonts, size: 200, position: .top),
        fadeIn: 4)
    ]
    func companions(_ run: String) -> [FilmCompanion] {
      [
        .init(
          form: .frames, ending: "", path: scratch.path("frames-\(run)"),
          captions: CaptionUse(burnt: [0])),
        .init(form: .poster(frame: 9), ending: "png", path: scratch.path("poster-\(run).png")),
      ]
    }
    let digests = try ["a", "b"].map { run in
      _ = try studio.stitch(assembly, companions: companions(run))
      return try [
        studio.film, scratch.path("frames-\(run)/000009.png"), scratch.path("poster-\(run).png"),
      ]
      .map { Digest.of(try Data(contentsOf: URL(fileURLWithPath: $0.string))) }
    }
    #expect(digests[0] == digests[1])
    // The title is in both, the caption in the frames alone.
    #expect(digests[0][1] != digests[0][2])
    let film = try Programs.decode(studio.film, size: Self.size).luma
    let clip = try Programs.decode(scratch.path("clip.mp4"), size: Self.size).luma
    func ink(_ frame: Int, _ rows: Range<Int>) -> Int {
      rows.reduce(0) { sum, row in
        sum
          + (0..<Self.size.width).reduce(0) {
            $0
              + abs(
                Int(film[frame][row * Self.size.width + $1])
                  - Int(clip[frame][row * Self.size.width + $1]))
          }
      }
    }
    let upper = 0..<60
    #expect(ink(0, upper) * 2 < ink(5, upper))
    #expect(ink(9, 120..<180) < ink(9, upper) / 10)
  }

  @Test("Captions follow the clips they belong to when those come shorter")
  func anchored() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    var pieces = try [11, 13].enumerated().map { try studio.clip($0.offset, frames: $0.element) }
    pieces[0].frames = 20
    var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: pieces)
    assembly.captions = [
      .init(
        language: "und",
        cues: [
          .init("a", start: FilmMark(piece: 0), end: FilmMark(piece: 1)),
          .init("b", start: FilmMark(piece: 1, offset: 2), end: FilmMark(piece: 1, .end)),
        ], look: Self.look)
    ]
    let sidecar = FilmCompanion(
      form: .captions(row: 0, language: "und"), ending: "vtt", path: scratch.path("film.vtt"))
    _ = try studio.stitch(assembly, companions: [sidecar])
    let text = try String(contentsOfFile: sidecar.path.string, encoding: .utf8)
    #expect(
      text == """
        WEBVTT

        00:00:00.000 --> 00:00:00.367
        a

        00:00:00.433 --> 00:00:00.800
        b


        """)
  }

  @Test("Joins under words are judged without them, and the film's check passes over them")
  func judged() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let pieces = try (0..<2).map { try studio.clip($0, frames: 24, dropsLast: $0 == 0) }
    var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: pieces)
    let plain = try studio.stitch(assembly)
    assembly.titles = [
      .init(
        .init("xx", start: FilmMark(piece: 1), end: FilmMark(piece: 1, .end)),
        look: .init(fonts: Self.look.fonts, size: 400, position: .middle))
    ]
    let lettered = try studio.stitch(assembly)
    #expect(lettered.joins == plain.joins)
    #expect(lettered.film.isLettered(at: lettered.joins[0].place))
    #expect(!plain.film.isLettered(at: plain.joins[0].place))
  }
}
