import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// Reports in a real Chromium; `Python/report_suite.py` has the steps.
@Suite("The report's page")
struct ReportPageTests {
  /// A project with a film of three clips, one with two takes.
  static func project() throws -> TemporaryProject {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for number in 0..<4 {
      try project.write(TinyStill.numbered(number), to: "stills/\(number).png")
    }
    try project.write(pipeline("mist <b>over</b> the \"lake\" & </script>"), to: "film.yaml")
    return project
  }

  static func pipeline(_ prompt: String) -> String {
    """
    keyreel: 1
    name: small
    prompt: 'base'
    defaults: { model: test/tiny, duration: 20 }
    sequences:
      - name: valley
        keyframes:
          - keyframe: stills/0.png
            next: '\(prompt)'
          - { keyframe: stills/1.png, next: { prompt: clouds, takes: 2, pick: 1 } }
          - stills/2.png
          - stills/3.png

    """
  }

  static func suite(_ arguments: [String]) throws -> ChildProcess {
    let script = FilePath(#filePath).removingLastComponent().appending("Python/report_suite.py")
    return try ChildProcess(
      ["python3", script.string] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
  }

  @Test(
    "A storyboard, a run's report and a preview's keep what pages must keep, and the film plays")
  func pages() async throws {
    let project = try Self.project()
    func keyreel(_ words: String...) async throws {
      let outcome = try await KeyreelProcess.run(words, in: project.folder)
      #expect(outcome.status == 0, "\(outcome)")
    }
    try await keyreel("plan", "film.yaml", "--backend", "fal", "--storyboard", "plan.html")
    try await keyreel("run", "film.yaml", "--report", "run.html", "--report", "run.md")
    try await keyreel("report", "-o", "again.html")
    let pages = ["plan.html", "run.html", "again.html"].map {
      project.folder.appendingPathComponent($0).absoluteString
    }
    let still = try await Self.suite(["still"] + pages).outcome()
    #expect(still.status == 0, "\(still)")
    let film = try await Self.suite(["film", pages[1]]).outcome()
    #expect(film.status == 0, "\(film)")
  }

  @Test("A watched pipeline shows each save in the browser, and a mistake above the last film")
  func watching() async throws {
    let project = try Self.project()
    let live = try await Self.suite([
      "live", KeyreelProcess.program.path, project.folder.path,
    ]).outcome()
    #expect(live.status == 0, "\(live)")
  }

  @Test("Every format of a run is written, and the same of it later")
  func formats() async throws {
    let project = try Self.project()
    let names = ["r.html", "r.json", "r.md", "r.xml"]
    let outcome = try await KeyreelProcess.run(
      ["run", "film.yaml"] + names.flatMap { ["--report", $0] }, in: project.folder)
    #expect(outcome.status == 0, "\(outcome)")
    for name in names {
      let size = try Data(contentsOf: project.folder.appendingPathComponent(name)).count
      #expect(size > 200, "\(name)")
    }
    let json = try Data(contentsOf: project.folder.appendingPathComponent("r.json"))
    #expect(try SchemaCheck.complaints(of: [json], against: "report.schema.json") == [""])
    let later = try await KeyreelProcess.run(
      ["report", "film.yaml", "--format", "json"], in: project.folder)
    #expect(later.output == String(decoding: json, as: UTF8.self))
    let wrong = try await KeyreelProcess.run(
      ["run", "film.yaml", "--report", "report.pdf"], in: project.folder)
    #expect(wrong.status == 64 && wrong.errors.contains(".html, .md, .json or .xml"))
    let source = try await KeyreelProcess.run(
      ["report", "film.yaml", "-o", "film.yaml", "--format", "html"], in: project.folder)
    #expect(source.status == 64 && source.errors.contains("not overwritten"))
  }
}
