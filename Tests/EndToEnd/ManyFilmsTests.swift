import Foundation
import KeyreelTesting
import Testing

@Suite("What goes wrong with one file stays with it")
struct ManyFilmsTests {
  /// Two films of the same two clips, `films/a.mp4` and `films/b.mp4`.
  private static func project() throws -> TemporaryProject {
    let project = try TinyFilm.project(stills: 3)
    let text = try String(decoding: project.read("film.yaml"), as: UTF8.self)
    try project.write(
      """
      \(text.replacingOccurrences(of: "keyreel: 1\n", with: "keyreel: 1\nvars: {cut: a}\n"))
      variants:
        vars: {cut: [a, b]}
      film:
        outputs: [{file: films/$(cut).mp4}]
      """, to: "film.yaml")
    return project
  }

  @Test("A film that cannot be written keeps no other film from being made")
  func blocked() async throws {
    let project = try Self.project()
    try await project.make()
    let films = try project.contents(of: "films").keys.filter { $0.hasSuffix(".mp4") }.sorted()
    try #require(films.count == 2)
    for film in films {
      try FileManager.default.removeItem(at: project.folder.appendingPathComponent("films/" + film))
    }
    try project.write("in the way", to: "films/\(films[0])/file")
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 74, "\(run.errors)")
    #expect(run.errors.contains("a folder stands in its place"), "\(run.errors)")
    #expect(try FilmProbe(project.folder.appendingPathComponent("films/" + films[1])).frames == 9)
  }

  @Test("A reader that goes away does not end a run")
  func closedPipe() async throws {
    let project = try TinyFilm.project(stills: 3)
    let program = KeyreelProcess.program.path
    _ = try OtherProgram.run(
      "bash", ["-c", "set -o pipefail; '\(program)' run film.yaml 2>&1 | head -c 1"],
      in: project.folder)
    #expect(project.has("films/film.mp4"))
  }

  @Test("A film is never written over what it is made of, by whatever name")
  func overSource() async throws {
    let project = try TinyFilm.project(stills: 3)
    let text = try String(decoding: project.read("film.yaml"), as: UTF8.self)
    let output = "films/film.mp4"
    do {
      let films = project.folder.appendingPathComponent("films")
      try FileManager.default.createDirectory(at: films, withIntermediateDirectories: true)
      try FileManager.default.linkItem(
        at: project.folder.appendingPathComponent("stills/1.png"),
        to: films.appendingPathComponent("film.mp4"))
    }
    try project.write(text + "\nfilm:\n  outputs: [{file: \(output)}]\n", to: "film.yaml")
    let still = try project.read("stills/1.png")
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 3, "\(run.errors)")
    #expect(try project.read("stills/1.png") == still)
    #expect(run.errors.contains(output) && run.errors.contains("over its own stills/1.png"))
  }

  @Test("Exit codes say whose trouble it is")
  func statuses() async throws {
    let project = try TinyFilm.project(stills: 2)
    try await project.refuses("models", "test/tinny", status: 64)
    try await project.refuses("run", "absent.yaml", status: 3)
    try project.write("{", to: "models/broken.json")
    try await project.refuses("models", status: 3)
    try await project.refuses("plan", "film.yaml", status: 3)
  }

  @Test("A plan is written through a link, keeps the rights of its file, and may go to a pipe")
  func authoredFiles() async throws {
    let project = try TinyFilm.project(stills: 2)
    try project.write("old", to: "plans/plan.json")
    let file = project.folder.appendingPathComponent("plans/plan.json")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    let link = project.folder.appendingPathComponent("plan.json")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    let plan = try await project.keyreel("plan", "film.yaml", "-o", "plan.json")
    #expect(plan.status == 0, "\(plan.errors)")
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
    #expect(try project.read("plans/plan.json").first == UInt8(ascii: "{"))
    let piped = try await project.keyreel("plan", "film.yaml", "-o", "/dev/stdout")
    #expect(piped.status == 0 && piped.output.hasPrefix("{"), "\(piped)")
  }

  @Test("Fetching tells a pipeline's mistakes, and wants digests unless it may pin them")
  func fetching() async throws {
    let project = try TinyFilm.project(stills: 2)
    let text = try String(decoding: project.read("film.yaml"), as: UTF8.self)
    try project.write(text + "\nnonsense: 1\n", to: "broken.yaml")
    try await project.refuses("fetch", "broken.yaml", status: 3)
    try project.write(
      """
      keyreel: 1
      sequences:
        - keyframes:
            - url: https://127.0.0.1:1/a.png
            - stills/1.png
      """, to: "web.yaml")
    let refused = try await project.refuses("fetch", "web.yaml", status: 3)
    #expect(refused.errors.contains("sha256") && refused.errors.contains("--pin"))
  }

  @Test("An events file is not made by a run that cannot begin")
  func noEmptyEvents() async throws {
    let project = try TinyFilm.project(stills: 2)
    try await project.refuses(
      "run", "film.yaml", "--backend", "fal", "--events", "events.jsonl", status: 64)
  }
}
