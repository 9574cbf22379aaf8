import Foundation
import KeyreelTesting
import Testing

@Suite("Refreshing model profiles", .serialized)
struct RefreshTests {
  /// A user with the tiny model in the folder for all projects.
  private struct User {
    let project: TemporaryProject
    let server: RehearsalServer

    init(_ server: RehearsalServer) throws {
      project = try TemporaryProject()
      self.server = server
      try project.write(RehearsalServer.profile, to: Self.file)
      for index in 0...1 {
        try project.write(TinyStill.numbered(index), to: "stills/\(index).png")
      }
      try project.write(
        """
        keyreel: 1
        backend: fal
        prompt: mist
        defaults: {model: test/tiny, frames: 5}
        sequences: [{name: s, keyframes: [stills/0.png, stills/1.png]}]
        """, to: "film.yaml")
    }

    static let file = "config/keyreel/models/own-name.json"

    func keyreel(
      _ arguments: String..., with: [String: String] = [:]
    ) async throws -> KeyreelProcess.Outcome {
      let own = ["XDG_CONFIG_HOME": project.folder.appendingPathComponent("config").path]
      return try await KeyreelProcess.run(
        arguments, in: project.folder,
        environment: server.environment.merging(own) { $1 }.merging(with) { $1 })
    }

    func profile() throws -> [String: Any] {
      let bytes = try Data(contentsOf: project.folder.appendingPathComponent(Self.file))
      return try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    }

    var bytes: Data? {
      try? Data(contentsOf: project.folder.appendingPathComponent(Self.file))
    }
  }

  private func changed(_ changes: [(String, String)]) -> String {
    changes.reduce(RehearsalServer.profile) { text, change in
      #expect(text.contains(change.0), "\(change.0)")
      return text.replacingOccurrences(of: change.0, with: change.1)
    }
  }

  @Test("What the provider says otherwise is shown, written with its day, and planned with")
  func refreshed() async throws {
    let server = try await RehearsalServer(
      arguments: ["--dev-tls"],
      profile: changed([
        (#""0.0333""#, #""0.05""#), (#""maximum": 60"#, #""maximum": 40"#),
        (
          #"{ "name": "seed", "type": "integer" }"#,
          #"{ "name": "turbo", "type": "boolean", "default": false, "help": "Faster. And worse." }, "#
            + #"{ "name": "seed", "type": "integer" }"#
        ),
      ]))
    let user = try User(server)
    let before = user.bytes
    let dry = try await user.keyreel("models", "--refresh", "test/tiny", "--dry-run")
    #expect(dry.status == 0, "\(dry)")
    for words in [
      "price $0.0333 a second → $0.05 a second (higher)", "num_frames: maximum 60 → 40",
      "turbo: new, boolean, default false", "requests change", "would write",
    ] { #expect(dry.output.contains(words), "\(words): \(dry)") }
    #expect(user.bytes == before)
    let json = try await user.keyreel("models", "--refresh", "test/tiny", "--format", "json")
    #expect(json.status == 0, "\(json)")
    #expect(try SchemaCheck.complaints(of: [json.bytes], against: "refresh.schema.json") == [""])
    #expect(!json.output.contains("canary"))
    let profile = try user.profile()
    let price = try #require(profile["price"] as? [String: Any])
    #expect(price["amount"] as? String == "0.05" && price["as_of"] as? String != "2026-01-01")
    #expect((price["source"] as? String)?.hasSuffix("/v1/models/pricing") == true)
    let plan = try await user.keyreel("plan", "film.yaml")
    #expect(plan.status == 0 && plan.output.contains("$0.00833"), "\(plan)")
    let again = try await user.keyreel("models", "--refresh", "test/tiny")
    #expect(again.status == 0 && again.output.contains("unchanged; $0.05 a second"), "\(again)")
  }

  @Test("Another currency or unit, or a price of nothing, is refused and nothing is written")
  func refused() async throws {
    for (change, words) in [
      ((#""currency": "USD""#, #""currency": "EUR""#), "is in `EUR`, the profile's in `USD`"),
      ((#""unit": "second""#, #""unit": "clip""#), "counts by `video`, the profile by `second`"),
      ((#""amount": "0.0333""#, #""amount": "0.00""#), "price is nothing"),
      ((#""amount": "0.0333""#, #""amount": "0.01""#), "price of a rehearsal, 0.01, is lower"),
      ((#""name": "num_frames""#, #""name": "length""#), "no longer takes `num_frames`"),
    ] {
      var profile = changed([change])
      profile = profile.replacingOccurrences(
        of: #""parameter": "num_frames""#,
        with: profile.contains(#""length", "type""#)
          ? #""parameter": "length""# : #""parameter": "num_frames""#)
      let user = try User(try await RehearsalServer(profile: profile))
      let before = user.bytes
      let outcome = try await user.keyreel("models", "--refresh", "test/tiny")
      #expect(outcome.status == 1 && outcome.errors.contains(words), "\(words): \(outcome)")
      #expect(user.bytes == before)
    }
  }

  @Test("Without a server, a key or a place of one's own, it is told at once what to do")
  func unreachable() async throws {
    let server = try await RehearsalServer()
    let user = try User(server)
    let before = user.bytes
    let badKey = try await user.keyreel(
      "models", "--refresh", with: ["FAL_KEY": "nobody:knows-this"])
    #expect(badKey.status == 1 && badKey.errors.contains("check FAL_KEY"), "\(badKey)")
    #expect(!badKey.errors.contains("knows-this"))
    let noKey = try await user.keyreel("models", "--refresh", with: ["FAL_KEY": ""])
    #expect(noKey.status == 64 && noKey.errors.contains("set FAL_KEY"), "\(noKey)")
    let unknown = try await user.keyreel("models", "--refresh", "test/tinny")
    #expect(unknown.status == 64 && unknown.errors.contains("did you mean `test/tiny`?"))
    // A profile that counts more than the user's own folder would hide what is written there.
    try user.project.write(RehearsalServer.profile, to: "models/tiny.json")
    let hidden = try await user.keyreel("models", "--refresh", "test/tiny")
    #expect(hidden.status == 1 && hidden.errors.contains("counts more than"), "\(hidden)")
    try FileManager.default.removeItem(
      at: user.project.folder.appendingPathComponent("models"))
    try server.kill()
    let offline = try await user.keyreel("models", "--refresh", "test/tiny")
    #expect(offline.status == 1 && offline.errors.contains("the price of test/tiny"), "\(offline)")
    #expect(user.bytes == before)
  }
}
