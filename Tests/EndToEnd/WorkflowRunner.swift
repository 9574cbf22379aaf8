import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// A repository with the action and the example workflows, which `act` runs in this machine's own shell.
///
/// Nothing leaves the machine: the actions that keep artifacts and caches are exchanged for others that
/// keep them in a folder (`Actions`). All else of the workflows is run as it stands.
struct WorkflowRunner {
  let project: TemporaryProject
  private let home: TemporaryProject
  private static let root = URL(filePath: Checkout.root.string)

  /// Where artifacts and caches are kept.
  var artifacts: URL { home.folder.appendingPathComponent("artifacts") }

  /// A program that `scripts/setup --tests` installed.
  static func tool(_ name: String) -> String {
    Checkout.root.appending(".venv/bin").appending(name).string
  }

  /// A film of two clips; `replacing` changes the workflows' text.
  init(replacing changes: [String: String] = [:]) throws {
    project = try TemporaryProject()
    home = try TemporaryProject()
    try FileManager.default.removeItem(at: project.folder.appendingPathComponent(".git"))
    for file in ["action.yml", "scripts/action"] {
      try project.write(try Data(contentsOf: Self.root.appending(path: file)), to: file)
    }
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: script.path)
    for name in ["animatic", "check", "comment", "plan", "render", "shards"] {
      let file = Self.root.appending(path: "examples/ci/github/\(name).yml")
      let text = changes.reduce(try String(contentsOf: file, encoding: .utf8)) {
        $0.replacingOccurrences(of: $1.key, with: $1.value)
      }
      try project.write(text, to: ".github/workflows/\(name).yml")
    }
    try project.write(RehearsalServer.profile, to: "models/tiny.json")
    for index in 0..<3 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    try write(prompt: "a lake")
    try project.write("keyreel_policy: 1\nmax_total: 5.00 USD\n", to: "policy.yaml")
    try git("init", "--quiet", "--initial-branch=main")
    try commit()
    try home.write(
      "-P ubuntu-24.04=-self-hosted\n-P self-hosted=-self-hosted\n", to: ".config/act/actrc")
    try FileManager.default.createDirectory(at: artifacts, withIntermediateDirectories: true)
  }

  /// What the action runs.
  var script: URL { project.folder.appendingPathComponent("scripts/action") }

  /// Writes the pipeline with this prompt, in which a shell would find work.
  func write(prompt: String) throws {
    try project.write(
      """
      keyreel: 1
      prompt: \(prompt); echo $$(touch pwned) `touch pwned`
      defaults: {model: test/tiny, seed: 7}
      sequences:
        - name: s
          keyframes: [../stills/0.png, ../stills/1.png, ../stills/2.png]
      """, to: "pipelines/lake-day.yaml")
  }

  /// Commits all that there is; returns the revision.
  @discardableResult
  func commit() throws -> String {
    try git("add", "--all")
    try git(
      "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false",
      "commit", "--quiet", "--message", "all")
    return try head
  }

  /// The revision that there is.
  var head: String {
    get throws {
      String(decoding: try git("rev-parse", "HEAD"), as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  @discardableResult
  func git(_ words: String...) throws -> Data {
    try OtherProgram.run("git", words, in: project.folder)
  }

  /// What a program is given here so that it finds the one under test, and nothing of the test's own.
  func environment(_ more: [String: String] = [:]) -> [String: String?] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let own: [String: String?] = [
      "HOME": home.folder.path, "XDG_CONFIG_HOME": nil, "XDG_CACHE_HOME": nil,
      "KEYREEL_STORE": nil, "KEYREEL_MODELS": nil, "FAL_KEY": nil,
      "PATH": KeyreelProcess.program.deletingLastPathComponent().path + ":" + path,
    ]
    return own.merging(more.mapValues { Optional($0) }) { $1 }
  }

  /// Runs the workflow `name` on `event`, whose payload is the JSON in `payload`.
  func run(
    _ name: String, on event: String, payload: String = "{}", variables: [String: String] = [:],
    secrets: [String: String] = [:]
  ) async throws -> KeyreelProcess.Outcome {
    try home.write(payload, to: "event.json")
    var words = [
      Self.tool("act"), event, "-W", ".github/workflows/\(name).yml", "-e",
      home.folder.appendingPathComponent("event.json").path, "--env", "ARTIFACTS=\(artifacts.path)",
    ]
    for (name, value) in variables where name != "FAL_KEY" {
      words += ["--env", "\(name)=\(value)"]
    }
    for (name, value) in secrets { words += ["-s", "\(name)=\(value)"] }
    words += try exchanged(in: name)
    return try await ChildProcess(
      words, in: FilePath(project.folder.path), environment: environment()
    ).outcome()
  }

  /// The flags that exchange the actions of a workflow for those that need no network.
  private func exchanged(in name: String) throws -> [String] {
    let text = String(
      decoding: try project.read(".github/workflows/\(name).yml"), as: UTF8.self)
    let folder = FilePath(#filePath).removingLastComponent().appending("Actions")
    return text.matches(of: /uses: ([a-z-]+)\/([a-z-]+)@([0-9a-f]{40})/).flatMap { match in
      match.2 == "checkout"
        ? []
        : [
          "--local-repository",
          "\(match.1)/\(match.2)@\(match.3)=\(folder.appending(String(match.2)))",
        ]
    }
  }
}
