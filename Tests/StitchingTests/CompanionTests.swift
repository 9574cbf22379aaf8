import Foundation
import KeyreelCore
import KeyreelTesting
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Everything that is made of a film shows the film's frames", .ownThread)
struct CompanionTests {
  static let size = PixelSize(width: 128, height: 96)

  /// Three pieces of moving pictures with a crossfade, so that frames are copied and encoded.
  private func film(_ scratch: borrowing Scratch) throws -> (Studio, Assembly) {
    let studio = Studio(scratch.folder)
    var pieces: [Assembly.Piece] = []
    for (name, source) in ["testsrc2", "smptebars", "mandelbrot"].enumerated() {
      let clip = scratch.path("piece-\(name).mp4")
      try Programs.ffmpeg(
        [
          "-f", "lavfi", "-i", "\(source)=s=\(Self.size):r=30", "-frames:v", "20",
          "-pix_fmt", "yuv420p", "-c:v", "libx264", "-qp", "12", "-bf", "0", "-g", "10",
          clip.string,
        ])
      pieces.append(studio.register(name, clip, frames: 20))
    }
    pieces[1].crossfade = .init(frames: 6, handles: .overlap)
    let music = scratch.path("music.wav")
    try Programs.ffmpeg(
      ["-f", "lavfi", "-i", "sine=frequency=500:duration=3", "-ar", "48000", music.string])
    var assembly = Assembly(size: Self.size, frameRate: .thirty, pieces: pieces)
    assembly.sound = .init(path: music.string, digest: Digest.of("music"))
    assembly.chapters = [.init(piece: 0, title: "One; =two"), .init(piece: 2, title: "Drei")]
    return (studio, assembly)
  }

  static let encoded: [(FilmCodec, String, String, Double)] = [
    (.h264, "mp4", "h264,aac", 30), (.hevc, "mp4", "hevc,aac", 30),
    (.prores, "mov", "prores,pcm_s24le", 40), (.vp9, "webm", "vp9,opus", 30),
    (.av1, "webm", "av1,opus", 28),
  ]

  @Test("Any codec has all frames, the sound, the chapters, and the same bytes again")
  func codecs() throws {
    let scratch = try Scratch()
    let (studio, assembly) = try film(scratch)
    func companions(_ run: String) -> [FilmCompanion] {
      Self.encoded.map { codec, ending, _, _ in
        FilmCompanion(
          form: .encoded(codec, crf: codec.defaultCRF), ending: ending,
          path: scratch.path("\(codec.rawValue)-\(run).\(ending)"))
      }
    }
    let report = try studio.stitch(assembly, companions: companions("a"))
    _ = try studio.stitch(assembly, companions: companions("b"))
    #expect(report.frames == 54)
    let own = try lumas(studio.film)
    for (pair, wanted) in zip(zip(companions("a"), companions("b")), Self.encoded) {
      let file = pair.0.path
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file.string))
      #expect(try bytes == Data(contentsOf: URL(fileURLWithPath: pair.1.path.string)))
      let kinds = try Programs.output(
        "ffprobe",
        ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", file.string])
      let names = String(decoding: kinds, as: UTF8.self).split(separator: "\n").map {
        $0.split(separator: ",")[0]
      }
      #expect(names.prefix(2).joined(separator: ",") == wanted.2)
      let frames = try lumas(file)
      #expect(frames.count == 54)
      for (index, (left, right)) in zip(frames, own).enumerated() {
        #expect(Self.likeness(left, right) > wanted.3, "frame \(index) of \(wanted.0)")
      }
      let chapters = try Programs.output(
        "ffprobe",
        [
          "-v", "error", "-show_entries", "chapter=start_time,end_time:chapter_tags=title", "-of",
          "csv=p=0", file.string,
        ])
      let lines = String(decoding: chapters, as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.first?.hasSuffix("One; =two") == true)
      #expect(lines.last?.hasPrefix("1.13") == true && lines.last?.hasSuffix("Drei") == true)
      let length = try Programs.output(
        "ffprobe",
        ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file.string])
      let seconds = try #require(
        Double(String(decoding: length, as: UTF8.self).trimmingCharacters(in: .newlines)))
      #expect(abs(seconds - 1.8) < 0.03)
    }
  }

  @Test("Single frames, previews, posters and sheets are what ffmpeg sees in the film")
  func pictures() throws {
    let scratch = try Scratch()
    let (studio, assembly) = try film(scratch)
    let frames = scratch.path("frames")
    let companions: [FilmCompanion] = [
      .init(form: .frames, ending: "", path: frames),
      .init(form: .preview(width: 64), ending: "gif", path: scratch.path("p.gif")),
      .init(form: .preview(width: 96), ending: "webp", path: scratch.path("p.webp")),
      .init(form: .poster(frame: 40), ending: "png", path: scratch.path("poster.png")),
      .init(form: .poster(frame: 999), ending: "jpg", path: scratch.path("last.jpg")),
      .init(form: .sheet, ending: "png", path: scratch.path("sheet.png")),
    ]
    _ = try studio.stitch(assembly, companions: companions)
    let names = try FileManager.default.contentsOfDirectory(atPath: frames.string).sorted()
    #expect(names.count == 54)
    #expect(names.first == "000000.png" && names.last == "000053.png")
    let own = try lumas(studio.film)
    for frame in [0, 17, 40, 53] {
      let png = try lumas(frames.appending(names[frame]))
      #expect(Self.likeness(png[0], own[frame]) > 36)
    }
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: frames.appending("000040.png").string))
        == Data(contentsOf: URL(fileURLWithPath: scratch.path("poster.png").string)))
    let last = try lumas(scratch.path("last.jpg"))
    #expect(Self.likeness(last[0], own[53]) > 30)
    // 30 frames a second become ten; a GIF's clock counts hundredths.
    let gif = try Programs.probe(
      scratch.path("p.gif"), "stream=width,height,avg_frame_rate")
    #expect(gif == [["64", "48", "10/1"]])
    let times = try Programs.probe(scratch.path("p.gif"), "packet=pts")
    #expect(times.map { $0[0] } == (0..<18).map { "\($0 * 10)" })
    // What stands still is one picture that lasts.
    #expect((12...18).contains(try AnimationWriter.pictures(in: scratch.path("p.webp"))))
    let sheet = try Programs.probe(scratch.path("sheet.png"), "stream=width,height")
    #expect(sheet == [["\(4 * 328 + 8)", "\(6 * 248 + 8)"]])
  }

  @Test("An encoder that is not there is told by name, and nothing is left of the film")
  func unknown() throws {
    let scratch = try Scratch()
    let (studio, assembly) = try film(scratch)
    let companion = FilmCompanion(
      form: .encoded(.h264, crf: 20), ending: "avi", path: scratch.path("film.avi"))
    let error = #expect(throws: OperationError.self) {
      try studio.stitch(assembly, companions: [companion])
    }
    #expect(error?.message.contains("film.avi") == true)
    #expect(!FileManager.default.fileExists(atPath: studio.film.string))
  }

  private func lumas(_ path: FilePath) throws -> [[UInt8]] {
    let data = try Programs.output(
      "ffmpeg",
      [
        "-v", "error", "-i", path.string, "-map", "0:v:0", "-vsync", "passthrough",
        "-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int",
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-",
      ])
    let length = Self.size.area * 3 / 2
    return stride(from: 0, to: data.count, by: length).map {
      [UInt8](data[$0..<min($0 + Self.size.area, data.count)])
    }
  }

  /// Peak signal to noise, in decibels.
  static func likeness(_ left: [UInt8], _ right: [UInt8]) -> Double {
    let sum = zip(left, right).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
    guard left.count == right.count else { return 0 }
    return sum == 0 ? 99 : 10 * log10(65025 * Double(left.count) / Double(sum))
  }
}
