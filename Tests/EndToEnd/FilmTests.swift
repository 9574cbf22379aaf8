import Foundation
import KeyreelTesting
import Testing

@Suite("A pipeline file becomes a film")
struct FilmTests {
  @Test("Three stills become a film with exactly the planned frames")
  func threeStills() async throws {
    let project = try TinyFilm.project(stills: 3)
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 0, "\(run.errors)")
    let film = try FilmProbe(project.folder.appendingPathComponent("films/film.mp4"))
    #expect(film.frames == 9)
    #expect(film.isConstantRate)
  }
}
