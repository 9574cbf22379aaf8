import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// The jobs of the example for GitLab: their script lines, run by a shell as a runner runs them.
@Suite("GitLab's example", .serialized)
struct GitLabTests {
  /// Prints the script of a job as the runner's shell gets it; YAML is read by a reader that is not ours.
  private static let reader = """
    import shlex, sys, yaml
    file = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
    print("set -eo pipefail")
    for name, value in file["variables"].items(): print(f"export {name}={shlex.quote(str(value))}")
    print("\\n".join(file[sys.argv[2]]["script"]))
    """

  private let runner: WorkflowRunner
  private let shared: TemporaryProject

  init() throws {
    runner = try WorkflowRunner()
    shared = try TemporaryProject()
  }

  private func run(
    _ job: String, _ variables: [String: String] = [:]
  ) async throws -> KeyreelProcess.Outcome {
    let file = Checkout.root.appending("examples/ci/gitlab/.gitlab-ci.yml")
    let script = try ChildProcess.run([Checkout.python, "-c", Self.reader, file.string, job]).output
      .replacingOccurrences(of: "/mnt/keyreel-store", with: "\(shared.folder.path)/clips")
    let own = ["CI": "true"]
    return try await ChildProcess(
      ["bash", "-c", script], in: FilePath(runner.project.folder.path),
      environment: runner.environment(own.merging(variables) { $1 })
    ).outcome()
  }

  @Test("A merge request is told what it changes, by the policy of the branch it goes to")
  func mergeRequest() async throws {
    let base = try runner.head
    try runner.write(prompt: "mist")
    try runner.commit()
    let planned = try await run("plan", ["CI_MERGE_REQUEST_DIFF_BASE_SHA": base])
    #expect(planned.status == 0, "\(planned)")
    let diff = String(decoding: try runner.project.read("diff.md"), as: UTF8.self)
    #expect(diff.contains("mist") && planned.output.contains(diff), "\(planned)")
    for name in ["film.plan.json", "storyboard.html"] {
      #expect(try !runner.project.read(name).isEmpty)
    }
    let quality = try runner.project.read("keyreel.codequality.json")
    #expect(try CodeHostReports.places(gitlab: Array(quality)) == [])

    try runner.project.write("keyreel_policy: 1\nmax_total: 0.001 USD\n", to: "policy.yaml")
    let strict = try runner.commit()
    try runner.project.write("keyreel_policy: 1\n", to: "policy.yaml")
    let denied = try await run("plan", ["CI_MERGE_REQUEST_DIFF_BASE_SHA": strict])
    #expect(denied.status == 8 && denied.errors.contains("KR0701"), "\(denied)")

    try runner.project.write("keyreel: 1\npromt: x\nsequences: []\n", to: "pipelines/lake-day.yaml")
    let broken = try await run("plan")
    #expect(broken.status == 3, "\(broken)")
    let told = try runner.project.read("keyreel.codequality.json")
    #expect(
      try CodeHostReports.places(gitlab: Array(told)).contains("pipelines/lake-day.yaml:2"))
  }

  @Test("Whoever presses the button buys what was planned, once, and gets a report of every clip")
  func render() async throws {
    let server = try await RehearsalServer()
    #expect(try await run("plan", server.environment).status == 0)
    let first = try await run("render", server.environment)
    #expect(first.status == 0, "\(first)")
    #expect(try server.requests().count == 2)
    let film = runner.project.folder.appendingPathComponent("films/lake-day.mp4")
    #expect(try FilmProbe(film).frames == 9)
    // Another program reads the report as a test panel would.
    let judge = """
      import sys, junitparser
      cases = [case for suite in junitparser.JUnitXml.fromfile(sys.argv[1]) for case in suite]
      print(" ".join(sorted(f"{case.name}:{'skipped' if case.is_skipped else 'passed'}" for case in cases)))
      """
    func cases() throws -> String {
      let file = runner.project.folder.appendingPathComponent("junit.xml").path
      return try ChildProcess.run([Checkout.python, "-c", judge, file]).output
    }
    #expect(try cases() == "s/0-1:passed s/1-2:passed\n")
    let again = try await run("render", server.environment)
    #expect(again.status == 0, "\(again)")
    #expect(try server.requests().count == 2)
    #expect(try cases() == "s/0-1:skipped s/1-2:skipped\n")
  }
}
