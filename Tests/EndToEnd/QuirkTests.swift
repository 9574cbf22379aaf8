import Foundation
import KeyreelTesting
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
