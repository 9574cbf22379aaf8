import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("One run writes everything that is made of a film, and other programs open the edit")
struct CompanionRunTests {
  private func project() throws -> TemporaryProject {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<3 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    try OtherProgram.run(
      "ffmpeg",
      [
        "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-ar", "48000",
        "my music.wav",
      ], in: project.folder)
    try project.write(
      """
      keyreel: 1
      prompt: bands
      defaults: {model: test/tiny, frames: 12}
      sequences:
        - name: one
          keyframes: [stills/0.png, {image: stills/1.png, hold: 4}, stills/2.png]
        - name: two
          keyframes: [stills/2.png, stills/0.png]
          join: {crossfade: 6}
          sound: my music.wav
      film:
        audio: {file: my music.wav, loop: true, loudness: -20 LUFS}
        outputs:
          - file: out/film.mp4
          - file: out/film.mov
          - file: out/frames
            kind: frames
          - file: out/poster.png
            at: 5
          - file: out/small.gif
            width: 32

      """, to: "film.yaml")
    return project
  }

  @Test("Every output is there, is left alone the next time, and comes back when it is lost")
  func outputs() async throws {
    let project = try project()
    let first = try await project.keyreel("run", "film.yaml")
    #expect(first.status == 0, "\(first.errors)")
    // 12 + 12 − 1 + 4 held, 12 more, 6 of them seen together with the sequence before.
    let frames = try FileManager.default.contentsOfDirectory(
      atPath: project.folder.appendingPathComponent("out/frames").path)
    #expect(frames.count == 33)
    let names = ["out/film.mp4", "out/film.mov", "out/poster.png", "out/small.gif"]
    let bytes = try names.map {
      try Data(contentsOf: project.folder.appendingPathComponent($0))
    }
    let again = try await project.keyreel("run", "film.yaml")
    #expect(again.status == 0, "\(again.errors)")
    for lost in ["out/small.gif", "out/frames/000007.png", "out/film.mp4"] {
      try FileManager.default.removeItem(at: project.folder.appendingPathComponent(lost))
    }
    let third = try await project.keyreel("run", "film.yaml")
    #expect(third.status == 0, "\(third.errors)")
    for (name, bytes) in zip(names, bytes) {
      #expect(try Data(contentsOf: project.folder.appendingPathComponent(name)) == bytes, "\(name)")
    }
    let back = project.folder.appendingPathComponent("out/frames/000007.png").path
    #expect(FileManager.default.fileExists(atPath: back))
    let drafts = try FileManager.default.contentsOfDirectory(
      atPath: project.folder.appendingPathComponent("out").path)
    #expect(drafts.filter { $0.hasPrefix(".") } == [])
  }

  @Test("A folder that holds anything but frames is never replaced")
  func foreignFolder() async throws {
    let project = try project()
    try project.write("mine", to: "out/frames/notes.txt")
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status != 0)
    #expect(run.errors.contains("notes.txt"))
    let notes = project.folder.appendingPathComponent("out/frames/notes.txt")
    #expect(try String(contentsOf: notes, encoding: .utf8) == "mine")
  }

  @Test("OpenTimelineIO reads the timeline: its clips, handles, crossfade and markers")
  func timeline() async throws {
    let project = try project()
    let early = try await project.keyreel("export", "otio", "film.yaml")
    #expect(early.status != 0 && early.errors.contains("has not been made"))
    #expect(try await project.keyreel("run", "film.yaml").status == 0)
    let export = try await project.keyreel("export", "otio", "film.yaml", "-o", "edit/film.otio")
    #expect(export.status == 0, "\(export.errors)")
    try project.write(Self.reader, to: "read.py")
    let python = Checkout.root.appending(".venv/bin/python3").string
    let told = String(
      decoding: try OtherProgram.run(python, ["read.py", "edit/film.otio"], in: project.folder),
      as: UTF8.self)
    #expect(
      told == """
        33 frames at 30
        one/0-1 0+11 of 12 there
        one/1-2 0+4 of 12 there FreezeFrame
        one/1-2 0+9 of 12 there
        crossfade 3+3
        two/2-0 3+9 of 12 there
        music 0+33 there Effect
        silence 21
        two 0+12 there Effect
        markers 0 11 26 21 32

        """)
  }

  /// Prints what OpenTimelineIO finds in a timeline.
  private static let reader = """
    import os, sys, urllib.parse
    import opentimelineio as otio
    path = sys.argv[1]
    timeline = otio.adapters.read_from_file(path)
    print(f"{timeline.video_tracks()[0].duration().value:.0f} frames at {timeline.duration().rate:.0f}")
    for track in timeline.tracks:
        for item in track:
            if isinstance(item, otio.schema.Transition):
                print(item.name, f"{item.in_offset.value:.0f}+{item.out_offset.value:.0f}")
                continue
            if isinstance(item, otio.schema.Gap):
                print(item.name, f"{item.source_range.duration.value:.0f}")
                continue
            r = item.source_range
            a = item.media_reference.available_range
            file = os.path.join(os.path.dirname(path), urllib.parse.unquote(item.media_reference.target_url))
            print(item.name, f"{r.start_time.value:.0f}+{r.duration.value:.0f}", *([f"of {a.duration.value:.0f}"] if a else []),
                  "there" if os.path.exists(file) else "missing", *[type(e).__name__ for e in item.effects])
    print("markers", *[f"{m.marked_range.start_time.value:.0f}" for m in timeline.tracks.markers])

    """

  @Test("ffmpeg reads the chapters, and the edit list has an event for every clip")
  func lists() async throws {
    let project = try project()
    #expect(try await project.keyreel("run", "film.yaml").status == 0)
    for format in ["edl", "ffmetadata"] {
      let export = try await project.keyreel("export", format, "film.yaml")
      #expect(export.status == 0, "\(export.errors)")
    }
    try OtherProgram.run(
      "ffmpeg",
      [
        "-v", "error", "-i", "out/film.mp4", "-i", "film.chapters.txt", "-map", "0:v",
        "-map_metadata", "1", "-map_chapters", "1", "-c", "copy", "with.mkv",
      ], in: project.folder)
    let chapters = String(
      decoding: try OtherProgram.run(
        "ffprobe",
        [
          "-v", "error", "-show_entries", "chapter=start_time,end_time:chapter_tags=title", "-of",
          "csv=p=0", "with.mkv",
        ], in: project.folder), as: UTF8.self)
    #expect(chapters == "0.000000,0.700000,one\n0.700000,1.100000,two\n")
    let list = try String(
      contentsOf: project.folder.appendingPathComponent("film.edl"), encoding: .utf8)
    let events = list.split(separator: "\n").filter { $0.contains(" AX ") && !$0.hasPrefix("M2") }
    #expect(
      events.suffix(3) == [
        "004  AX       V     D    006 00:00:00:00 00:00:00:12 00:00:00:21 00:00:01:03",
        "005  AX       A     C        00:00:00:00 00:00:01:03 00:00:00:00 00:00:01:03",
        "006  AX       A2    C        00:00:00:00 00:00:00:12 00:00:00:21 00:00:01:03",
      ])
    #expect(events.count == 7)
  }
}
