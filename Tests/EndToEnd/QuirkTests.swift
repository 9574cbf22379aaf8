import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Clips as paid models deliver them are told apart from the plan")
struct QuirkTests {
  private static func project(conform: String) throws -> TemporaryProject {
    try TinyFilm.project(
      stills: 3,
      extra: """
          frames: 40
        backend: rough
        backends:
          rough:
            kind: animatic
            quirks: true
        film:
          conform: \(conform)
        """)
  }

  @Test("Accepted clips of 36·N+1 frames re-time the film, and the run says so")
  func accepted() async throws {
    let project = try Self.project(conform: "accept")
    #expect(try await project.plan().films[0].frames == 79)
    let run = try await project.make()
    #expect(run.errors.contains("37 frames came, 40 were planned"), "\(run.errors)")
    #expect(run.errors.contains("73 frames instead of 79"), "\(run.errors)")
    let film = try FilmProbe(project.folder.appendingPathComponent("films/film.mp4"))
    #expect(film.frames == 73)
    #expect(film.isConstantRate)
    #expect(try await project.made("film.yaml").isEmpty)
  }

  @Test("Retimed clips keep the film's length, and other programs are told their speed")
  func retimed() async throws {
    let project = try Self.project(conform: "retime")
    try await project.make()
    #expect(try FilmProbe(project.folder.appendingPathComponent("films/film.mp4")).frames == 79)
    for format in ["otio", "edl"] {
      let export = try await project.keyreel("export", format, "film.yaml", "-o", "film.\(format)")
      #expect(export.status == 0, "\(export)")
    }
    try project.write(
      """
      import opentimelineio as otio
      for clip in otio.adapters.read_from_file("film.otio").find_clips():
          warp, = clip.effects
          print(clip.source_range.start_time.value, clip.source_range.duration.value,
                clip.media_reference.available_range.duration.value, type(warp).__name__,
                round(warp.time_scalar * 39, 6))

      """, to: "read.py")
    let python = Checkout.root.appending(".venv/bin/python3").string
    let told = try OtherProgram.run(python, ["read.py"], in: project.folder)
    // The first clip leaves out the keyframe that the second begins with.
    #expect(
      String(decoding: told, as: UTF8.self)
        == "0.0 39.0 37.0 LinearTimeWarp 36.0\n0.0 40.0 37.0 LinearTimeWarp 36.0\n")
    let list = String(decoding: try project.read("film.edl"), as: UTF8.self)
    #expect(list.components(separatedBy: "M2   AX             027.7").count == 3, "\(list)")
    #expect(list.contains("00:00:00:00 00:00:01:06 00:00:00:00 00:00:01:09"), "\(list)")
  }

  @Test("With conform: strict they fail the segment, and are kept")
  func strict() async throws {
    let project = try Self.project(conform: "strict")
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 1, "\(run.errors)")
    #expect(run.errors.contains("37 frames came, 40 were planned"), "\(run.errors)")
    #expect(run.errors.contains("conform: accept"), "\(run.errors)")
    #expect(!project.has("films/film.mp4"))
    try project.write(
      String(decoding: project.read("film.yaml"), as: UTF8.self)
        .replacingOccurrences(of: "strict", with: "accept"), to: "film.yaml")
    #expect(try await project.made("film.yaml").isEmpty)
    #expect(project.has("films/film.mp4"))
  }
}
