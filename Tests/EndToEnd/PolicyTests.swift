import Foundation
import KeyreelTesting
import Testing

@Suite("Policies")
struct PolicyTests {
  private func project(_ policy: String) throws -> TemporaryProject {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for index in 0..<3 { try project.write(TinyStill.numbered(index), to: "stills/\(index).png") }
    try project.write(
      """
      keyreel: 1
      prompt: a lake
      defaults: {model: test/tiny}
      sequences:
        - name: one
          keyframes:
            - {image: stills/0.png, next: {seed: 7}}
            - {image: stills/1.png, next: {num_frames: 30}}
            - stills/2.png
      """, to: "film.yaml")
    try project.write(policy, to: "policy.yaml")
    return project
  }

  @Test("What a policy denies stops plans and runs with 8, told at its place in the pipeline")
  func denies() async throws {
    let project = try project("keyreel_policy: 1\nmax_segment: 0.02 USD\nlocked_seeds: warn\n")
    let words = ["film.yaml", "--backend", "fal", "--policy", "policy.yaml"]
    let plan = try await KeyreelProcess.run(["plan"] + words, in: project.folder)
    #expect(plan.status == 8, "\(plan)")
    #expect(
      plan.errors == """
        film.yaml:8:17: error[KR0703]: `one/1-2` may come to 0.0333 USD, and 0.02 is allowed
            8 |       - {image: stills/1.png, next: {num_frames: 30}}
              |                 ^~~~~~~~~~~~
          note: the rule is `max_segment`, line 2 of policy.yaml

        film.yaml:8:17: warning[KR0706]: the seed of `one/1-2` is not written
            8 |       - {image: stills/1.png, next: {num_frames: 30}}
              |                 ^~~~~~~~~~~~
          note: the rule is `locked_seeds`, line 3 of policy.yaml
          help: write `seed: \(try await seed(project))` to keep the one it has

        1 error, 1 warning

        """, "\(plan.errors)")
    let server = try await RehearsalServer()
    let run = try await KeyreelProcess.run(
      ["run", "--yes"] + words, in: project.folder, environment: server.environment)
    #expect(run.status == 8, "\(run)")
    #expect(try server.requests().isEmpty)
    let check = try await KeyreelProcess.run(["check"] + words, in: project.folder)
    #expect(check.status == 8 && check.output.contains("film.yaml: 1 error"), "\(check)")
  }

  private func seed(_ project: TemporaryProject) async throws -> String {
    let plan = try await project.keyreel("plan", "film.yaml", "--format", "json")
    let tree = try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any]
    let film = (tree?["films"] as? [[String: Any]])?.first
    let segment = (film?["segments"] as? [[String: Any]])?.last
    let take = (segment?["takes"] as? [[String: Any]])?.first
    return "\(try #require(take?["seed"] as? Int))"
  }

  /// A policy, whether it denies, and the code of what it says.
  private static let rules: [(String, Int32, String)] = [
    ("max_total: 0.03885 USD", 0, ""), ("max_total: 0.03 USD", 8, "KR0701"),
    ("max_total: {at_most: 0.03 USD, level: warn}", 0, "KR0701"),
    ("max_total: 5.00 EUR", 8, "KR0709"), ("models: [test/tiny]", 0, ""),
    ("models: [a/b]", 8, "KR0704"), ("models: {allowed: [], level: warn}", 0, "KR0704"),
    ("backends: [fal]", 0, ""), ("backends: [fal@queue.fal.run]", 0, ""),
    ("backends: [animatic]", 8, "KR0705"), ("locked_seeds: deny", 8, "KR0706"),
    ("locked_seeds: 'off'", 0, ""), ("pinned_urls: deny", 0, ""), ("known_prices: deny", 0, ""),
  ]

  @Test("Every rule holds or not, warns or denies")
  func everyRule() async throws {
    let project = try project("")
    for (rule, status, code) in Self.rules {
      try project.write("keyreel_policy: 1\n\(rule)\n", to: "policy.yaml")
      let plan = try await project.keyreel(
        "plan", "film.yaml", "--backend", "fal", "--policy", "policy.yaml")
      #expect(plan.status == status, "\(rule): \(plan)")
      #expect(code.isEmpty ? plan.errors.isEmpty : plan.errors.contains(code), "\(rule): \(plan)")
    }
    try project.write(
      TinyModel.profile.replacingOccurrences(of: "\"amount\": \"0.0333\", ", with: ""),
      to: "models/tiny.json")
    try project.write("keyreel_policy: 1\nknown_prices: deny\n", to: "policy.yaml")
    let unknown = try await project.keyreel("plan", "film.yaml", "--policy", "policy.yaml")
    #expect(unknown.status == 8 && unknown.errors.contains("KR0708"), "\(unknown)")
  }

  @Test("A change is judged by what it adds, by the policy of the branch it goes to")
  func increase() async throws {
    let project = try project(
      "keyreel_policy: 1\nmax_increase: {amount: 0.01 USD, percent: 25.5}\n")
    try FileManager.default.removeItem(at: project.folder.appendingPathComponent(".git"))
    for words in [
      ["init", "--quiet", "--initial-branch=main"], ["add", "--all"],
      [
        "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false",
        "commit", "--quiet", "--message", "before",
      ],
    ] { try OtherProgram.run("git", words, in: project.folder) }
    let text = String(decoding: try project.read("film.yaml"), as: UTF8.self)
    try project.write(text.replacingOccurrences(of: "30}", with: "45}"), to: "film.yaml")
    // Whoever changes the pipeline cannot change the policy that judges it.
    try project.write("keyreel_policy: 1\n", to: "policy.yaml")
    let words = ["diff", "main:film.yaml", "film.yaml", "--backend", "fal", "--policy"]
    let base = try await KeyreelProcess.run(words + ["main:policy.yaml"], in: project.folder)
    #expect(base.status == 8, "\(base)")
    #expect(base.errors.contains("adds up to 0.01665 USD, and 0.01 is allowed"), "\(base)")
    #expect(base.errors.contains("from 0.03885 to 0.0555 USD, and 25.5% more is allowed"))
    let own = try await KeyreelProcess.run(words + ["policy.yaml"], in: project.folder)
    #expect(own.status == 0, "\(own)")
  }

  @Test("A broken policy is told with places, all mistakes at once, and allows nothing")
  func broken() async throws {
    let policies = [
      "keyreel_policy: 2\nmax_totel: 5 USD\nmodels: 3\nmax_increase: {percent: much}\n",
      "max_total: 5\n", "keyreel_policy: 1\nlocked_seeds: true\n", "- a\n",
      "keyreel_policy: 1\nmax_increase: {level: warn}\n",
      "keyreel_policy: 1\nmax_segment: {level: deny}\n",
      "keyreel_policy: 1\nmodels: {allowed: [a], level: maybe}\n", "keyreel_policy: [\n",
    ]
    let project = try project("")
    for policy in policies {
      try project.write(policy, to: "policy.yaml")
      let plan = try await project.keyreel("plan", "film.yaml", "--policy", "policy.yaml")
      #expect(plan.status == 3, "\(policy): \(plan)")
      #expect(plan.errors.contains("policy.yaml:") && plan.errors.contains("error[KR0"), "\(plan)")
    }
    try project.write(policies[0], to: "policy.yaml")
    let all = try await project.keyreel("plan", "film.yaml", "--policy", "policy.yaml")
    #expect(all.errors.contains("4 errors") && all.errors.contains("did you mean `max_total`?"))
    let missing = try await project.keyreel("plan", "film.yaml", "--policy", "none.yaml")
    #expect(missing.status == 3 && missing.errors.contains("none.yaml"), "\(missing)")
    let sound = Self.rules.map { "keyreel_policy: 1\n\($0.0)\n" }
    let judged = try SchemaCheck.complaints(
      of: try (sound + policies.dropLast()).map { try Self.json($0) },
      against: "policy.schema.json")
    for (policy, complaint) in zip(sound + policies.dropLast(), judged) {
      #expect(complaint.isEmpty == sound.contains(policy), "\(policy): \(complaint)")
    }
  }

  /// YAML as JSON, by a reader that is not ours.
  private static func json(_ yaml: String) throws -> [UInt8] {
    let program = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.argv[1])))"
    return try ChildProcess.run([Checkout.python, "-c", program, yaml]).bytes
  }
}
