import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Captions in a run: tracks, files and words in the pictures")
struct CaptionRunTests {
  private func pipeline(_ more: String = "", words: String = "Grüße & <mehr>") -> String {
    """
    keyreel: 1
    prompt: bands
    defaults: {model: test/tiny, frames: 12}
    sequences:
      - name: one
        keyframes:
          - image: stills/0.png
            caption: {text: "\(words)", at: 2, duration: 6}
          - stills/1.png
      - name: two
        keyframes: [{image: stills/2.png, caption: Ende, hold: 8}]
    film:
      captions:
        - {language: de, as: [track, sidecar], size: 20%}
        - captions/en.srt
      outputs:
        - file: out/film.mp4
        - {file: out/burnt.mp4, captions: burnt, language: de}
        - {file: out/film.webm, crf: 50}
        - file: out/en.vtt
          language: und
    \(more)
    """
  }

  private func project(_ text: String) throws -> TemporaryProject {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<3 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    try project.write(
      "1\r\n00:00:00,100 --> 00:00:00,300\r\n<i>Hello</i>\r\nthere\r\n", to: "captions/en.srt")
    try project.write(text, to: "film.yaml")
    return project
  }

  private func bytes(_ project: TemporaryProject, _ name: String) throws -> Data {
    try Data(contentsOf: project.folder.appendingPathComponent(name))
  }

  @Test(
    "The track in the film, the file beside it and the export say the same; other readers agree")
  func same() async throws {
    let project = try project(pipeline())
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 0, "\(run.errors)")
    let written = String(decoding: try bytes(project, "out/film.de.srt"), as: UTF8.self)
    #expect(
      written == """
        1
        00:00:00,067 --> 00:00:00,267
        Grüße & <mehr>

        2
        00:00:00,400 --> 00:00:00,700
        Ende


        """)
    for film in ["out/film.mp4", "out/film.webm"] {
      let track = try OtherProgram.run(
        "ffmpeg", ["-v", "error", "-i", film, "-map", "0:s:0", "-f", "srt", "-"], in: project.folder
      )
      let text = String(decoding: track, as: UTF8.self).replacing("\r\n", with: "\n")
        .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
      #expect(text.split(separator: "\n") == written.split(separator: "\n"), "\(film)")
    }
    let export = try await project.keyreel("export", "srt", "film.yaml", "--language", "deu")
    #expect(export.status == 0, "\(export.errors)")
    #expect(try bytes(project, "film.srt") == Data(written.utf8))
    #expect(
      String(decoding: try bytes(project, "out/en.vtt"), as: UTF8.self)
        == "WEBVTT\n\n00:00:00.100 --> 00:00:00.300\nHello\nthere\n\n")
    try project.write(Self.reader, to: "read.py")
    let python = Checkout.root.appending(".venv/bin/python3").string
    let read = String(
      decoding: try OtherProgram.run(
        python, ["read.py", "out/film.de.srt", "out/en.vtt"], in: project.folder), as: UTF8.self)
    #expect(
      read == """
        67-267 'Grüße & <mehr>'
        400-700 'Ende'
        00:00:00.100-00:00:00.300 'Hello\\nthere'

        """)
    let timeline = try await project.keyreel("export", "otio", "film.yaml")
    #expect(timeline.status == 0, "\(timeline.errors)")
    try project.write(Self.markers, to: "markers.py")
    let markers = String(
      decoding: try OtherProgram.run(python, ["markers.py", "film.otio"], in: project.folder),
      as: UTF8.self)
    #expect(markers == "2+6 'Grüße & <mehr>'\n12+9 'Ende'\n")
    let missing = try await project.keyreel("export", "vtt", "film.yaml", "--language", "fr")
    #expect(missing.status == 64)
    #expect(missing.errors.contains("there are: de, und"))
  }

  /// The files as pysrt and webvtt-py read them.
  private static let reader = """
    import sys
    import pysrt, webvtt

    for cue in pysrt.open(sys.argv[1]):
        print(f"{cue.start.ordinal}-{cue.end.ordinal} {cue.text!r}")
    for cue in webvtt.read(sys.argv[2]):
        print(f"{cue.start}-{cue.end} {cue.text!r}")
    """

  private static let markers = """
    import sys
    import opentimelineio as otio

    for marker in otio.adapters.read_from_file(sys.argv[1]).tracks.markers:
        place = marker.marked_range
        if marker.color == "CYAN":
            print(f"{place.start_time.value:.0f}+{place.duration.value:.0f} {marker.name!r}")
    """

  @Test("Another caption makes the film anew and no clip, and the diff shows it")
  func changed() async throws {
    let project = try project(pipeline())
    let first = try await project.keyreel("run", "film.yaml")
    #expect(first.status == 0, "\(first.errors)")
    let again = try await project.keyreel("run", "film.yaml")
    #expect(again.status == 0, "\(again.errors)")
    let film = try bytes(project, "out/film.mp4")
    _ = try await project.keyreel("plan", "film.yaml", "-o", "old.json")
    try project.write(pipeline(words: "Hallo"), to: "film.yaml")
    let plan = try await project.keyreel("plan", "film.yaml")
    #expect(plan.output.contains("reuse") && !plan.output.contains("generate"))
    let diff = try await project.keyreel("diff", "old.json", "film.yaml")
    #expect(
      diff.output.contains("Hallo") && diff.output.contains("Grüße & <mehr>"), "\(diff.output)")
    let second = try await project.keyreel("run", "film.yaml")
    #expect(second.status == 0, "\(second.errors)")
    #expect(
      second.errors.contains("0 made") || second.output.contains("0 made"), "\(second.errors)")
    #expect(try bytes(project, "out/film.mp4") != film)
    let verify = try await project.keyreel("verify", "out/film.mp4", "--full")
    #expect(verify.status == 0, "\(verify.errors)")
  }

  @Test("The report's player shows the captions in a real browser")
  func report() async throws {
    let project = try project(pipeline())
    let run = try await project.keyreel("run", "film.yaml", "--report", "run.html")
    #expect(run.status == 0, "\(run.errors)")
    let page = project.folder.appendingPathComponent("run.html").absoluteString
    let seen = try await ReportPageTests.suite(["captions", page, "de", "Grüße & <mehr>"]).outcome()
    #expect(seen.status == 0, "\(seen)")
  }

  @Test("A film with words in its pictures is verified, its cut under words too")
  func verified() async throws {
    let text = pipeline().replacing("as: [track, sidecar]", with: "as: burnt")
      .replacing("at: 2, duration: 6", with: "at: 6, duration: 6")
    let project = try project(text)
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("words are drawn on 15 of its 21 frames"), "\(run.errors)")
    let verify = try await project.keyreel("verify", "out/film.mp4")
    #expect(verify.status == 0, "\(verify.errors)")
    // A cut is as it is meant; nothing is measured at it, with words or without.
    #expect(!verify.output.contains("not measured again"), "\(verify.output)")
  }

  @Test("A font that is missing is told before any clip is made")
  func font() async throws {
    let project = try project(
      pipeline("  titles: [{text: X, at: 0, duration: 5, font: No Such Font}]"))
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 1)
    #expect(run.errors.contains("this machine has no font `No Such Font`"), "\(run.errors)")
    let plan = try await project.keyreel("plan", "film.yaml")
    #expect(plan.output.contains("1 to generate"), "\(plan.output)")
  }

  @Test("A file of captions that cannot be read is told with its line, at its place")
  func broken() async throws {
    let project = try project(pipeline())
    try project.write("1\n00:00:01,000 --> 00:00:00,000\nx\n", to: "captions/en.srt")
    let check = try await project.keyreel("check", "film.yaml")
    #expect(check.status == 3)
    #expect(check.errors.contains("line 2: the caption ends before it begins"), "\(check.errors)")
    #expect(check.errors.contains("KR0416"))
    try project.write("1\n00:00:00,000 --> 00:00:09,000\nx\n", to: "captions/en.srt")
    let late = try await project.keyreel("check", "film.yaml")
    #expect(late.status == 3)
    #expect(late.errors.contains("the film ends at 0.7s"), "\(late.errors)")
  }
}
