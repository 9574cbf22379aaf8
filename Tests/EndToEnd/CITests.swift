import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("In CI")
struct CITests {
  private static let root = URL(filePath: Checkout.root.string)

  /// A program that `scripts/setup --tests` installed.
  private static func tool(_ name: String) -> String {
    Checkout.root.appending(".venv/bin").appending(name).string
  }

  private static var workflows: [String] {
    ["animatic", "check", "comment", "plan", "render", "shards"].map {
      "examples/ci/github/\($0).yml"
    }
  }

  @Test("The action and all example workflows satisfy judges that are not ours")
  func judges() throws {
    let root = Self.root
    try OtherProgram.run(Self.tool("actionlint"), ["-no-color"] + Self.workflows, in: root)
    for (schema, files) in [
      ("vendor.github-actions", ["action.yml"]), ("vendor.github-workflows", Self.workflows),
      ("vendor.gitlab-ci", ["examples/ci/gitlab/.gitlab-ci.yml"]),
    ] {
      try OtherProgram.run(
        Self.tool("check-jsonschema"), ["--builtin-schema", schema] + files, in: root)
    }
    try OtherProgram.run(
      Self.tool("zizmor"),
      ["--offline", "--no-progress", "--config", "examples/ci/zizmor.yml", "action.yml"]
        + Self.workflows, in: root)
  }

  @Test(
    "An example workflow plans, and then renders, in a runner without network",
    arguments: [
      "plan", "render",
    ])
  func runs(command: String) async throws {
    let project = try TemporaryProject()
    let home = try TemporaryProject()
    try FileManager.default.removeItem(at: project.folder.appendingPathComponent(".git"))
    for file in ["action.yml", "scripts/action"] {
      try project.write(try Data(contentsOf: Self.root.appending(path: file)), to: file)
    }
    let script = project.folder.appendingPathComponent("scripts/action").path
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    let workflow = try String(
      contentsOf: Self.root.appending(path: "examples/ci/github/check.yml"), encoding: .utf8)
    let line = "pipeline: pipelines/lake-day.yaml"
    try project.write(
      workflow.replacingOccurrences(of: line, with: "\(line)\n          command: \(command)"),
      to: ".github/workflows/check.yml")
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<2 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    try project.write(
      """
      keyreel: 1
      prompt: a lake; echo $$(touch pwned) `touch pwned`
      defaults: {model: test/tiny}
      sequences:
        - keyframes: [../stills/0.png, ../stills/1.png]
      """, to: "pipelines/lake-day.yaml")
    for words in [
      ["init", "--quiet", "--initial-branch=main"], ["add", "--all"],
      [
        "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false",
        "commit", "--quiet", "--message", "all",
      ],
    ] { try OtherProgram.run("git", words, in: project.folder) }
    try home.write("-P ubuntu-24.04=-self-hosted\n", to: ".config/act/actrc")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let child = try ChildProcess(
      [Self.tool("act"), "push", "-W", ".github/workflows/check.yml"],
      in: FilePath(project.folder.path),
      environment: [
        "HOME": home.folder.path, "XDG_CONFIG_HOME": nil, "XDG_CACHE_HOME": nil,
        "KEYREEL_STORE": nil, "KEYREEL_MODELS": nil,
        "PATH": KeyreelProcess.program.deletingLastPathComponent().path + ":" + path,
      ])
    let outcome = try await child.outcome()
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("something to make, true; it would cost 0.00"), "\(outcome)")
    #expect(outcome.output.contains("::set-output:: plan="), "\(outcome)")
    #expect(outcome.output.contains("report.html"), "\(outcome)")
    if command == "render" {
      #expect(outcome.output.contains("::set-output:: film=films/lake-day.mp4"), "\(outcome)")
    }
  }

  @Test("A mistake is annotated beside its line, and code hosts get valid reports of it")
  func annotations() async throws {
    let project = try TemporaryProject()
    try project.write("keyreel: 1\npromt: x\nsequences: []\n", to: "film.yaml")
    let plan = try await project.keyreel(
      "plan", "film.yaml", environment: ["GITHUB_ACTIONS": "true"])
    #expect(plan.status == 3, "\(plan)")
    #expect(
      plan.errors.contains(
        "\n::error file=film.yaml,line=2,col=1,endColumn=5,title=Keyreel KR0020::"),
      "\(plan)")
    let sarif = try await project.keyreel("check", "film.yaml", "--format", "sarif")
    #expect(sarif.status == 3, "\(sarif)")
    let tree = try JSONSerialization.jsonObject(with: Data(sarif.output.utf8)) as? [String: Any]
    #expect(tree?["version"] as? String == "2.1.0")
    let quality = try await project.keyreel("check", "film.yaml", "--format", "gitlab")
    #expect(try JSONSerialization.jsonObject(with: Data(quality.output.utf8)) is [[String: Any]])
  }
}
