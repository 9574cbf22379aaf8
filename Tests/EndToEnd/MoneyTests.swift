import Foundation
import KeyreelTesting
import Testing

@Suite("Money", .serialized)
struct MoneyTests {
  /// Prices of a tiny clip in billionths: five frames of 30 in a second, or nine.
  static let expected = 5_550_000
  static let worst = 9_990_000

  @Test("A film is bought once, from whom it was planned for, and told to the cent")
  func bought() async throws {
    let server = try await RehearsalServer()
    let paid = try PaidProject(server, segments: 3)
    let first = try await paid.keyreel("run", "film.yaml", "--yes")
    #expect(first.status == 0, "\(first)")
    #expect(first.errors.contains("planned $0.01665, spent $0.01665"), "\(first)")
    let again = try await paid.keyreel("run", "film.yaml")
    #expect(again.status == 0, "all is there, so nobody has to be asked: \(again)")
    #expect(try server.requests().count == 3)
    let costs = try await paid.json("costs", "--format", "json")
    let sums = try #require((costs["sums"] as? [[String: Any]])?.first)
    #expect((sums["spent"] as? [String: String])?["expected"] == "0.01665")
    #expect(try server.billed() == 3 * Self.expected)
    let compared = try await paid.keyreel("costs", "--reconcile")
    #expect(compared.status == 0 && compared.output.contains("0 different"), "\(compared)")
    let elsewhere = try await paid.keyreel(
      "plan", "film.yaml", "--format", "json",
      without: ["FAL_QUEUE_RUN_HOST", "FAL_RUN_HOST", "FAL_STORAGE_HOST", "FAL_PLATFORM_HOST"])
    #expect(elsewhere.output.contains("fal@queue.fal.run"))
    #expect(!elsewhere.output.contains(#""action": "reuse""#), "a rehearsal satisfies no paid plan")
  }

  @Test("Without a key, a person or a lasting store nothing is begun")
  func refused() async throws {
    let server = try await RehearsalServer()
    let paid = try PaidProject(server, segments: 1)
    let cases: [(KeyreelProcess.Outcome, String)] = [
      (try await paid.keyreel("run", "film.yaml", "--yes", without: ["FAL_KEY"]), "no key"),
      (try await paid.keyreel("run", "film.yaml"), "nobody is here"),
      (try await paid.keyreel("run", "film.yaml", "--yes", with: ["CI": "true"]), "CI job"),
      (try await paid.keyreel("run", "film.yaml", "--yes", "--max-cost", "cheap"), "no amount"),
      (
        try await paid.keyreel(
          "run", "film.yaml", "--yes", with: ["FAL_QUEUE_RUN_HOST": "http://example.org/queue"]),
        "plain http"
      ),
    ]
    for (outcome, words) in cases {
      #expect(outcome.status == 64 && outcome.errors.contains(words), "\(words): \(outcome)")
    }
    #expect(try server.requests().isEmpty)
    let accepted = try await paid.keyreel(
      "run", "film.yaml", "--yes", "--accept-ephemeral-store", with: ["CI": "true"])
    #expect(accepted.status == 0, "\(accepted)")
  }

  @Test("A pipeline's own server gets no key that is meant for another")
  func foreignOrigin() async throws {
    let server = try await RehearsalServer()
    let other = try await RehearsalServer()
    let host = try #require(other.environment["FAL_RUN_HOST"]?.dropLast("/run".count))
    let paid = try PaidProject(
      server, segments: 1, more: "backends: {theirs: {kind: fal, origin: '\(host)'}}")
    let outcome = try await paid.keyreel("run", "film.yaml", "--backend", "theirs", "--yes")
    #expect(outcome.status == 64, "\(outcome)")
    #expect(outcome.errors.contains("the key in the environment is for"), "\(outcome)")
    #expect(try other.requests().isEmpty && server.requests().isEmpty)
    let own = PaidProject(paid.project, from: other)
    let run = try await own.keyreel("run", "film.yaml", "--backend", "theirs", "--yes")
    #expect(run.status == 0, "\(run)")
    #expect(try other.requests().count == 1)
  }

  @Test("A lost answer is never sent again, and reconcile finds what was bought")
  func lostAnswer() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: submit, nth: [2], reset: after}]\n")
    let paid = try PaidProject(server, segments: 3)
    let first = try await paid.keyreel("run", "film.yaml", "--yes", "--concurrency", "1")
    #expect(first.status == 5, "\(first)")
    #expect(first.errors.contains("unknown: up to $0.00999 more may be billed"), "\(first)")
    let again = try await paid.keyreel("run", "film.yaml", "--yes")
    #expect(again.status == 5, "\(again)")
    #expect(try server.requests().count == 3)
    let planned = try await paid.keyreel("plan", "film.yaml")
    #expect(planned.output.contains("nobody knows whether it is bought"), "\(planned)")
    let found = try await paid.keyreel("reconcile", "film.yaml")
    #expect(found.status == 0 && found.output.contains("adopted"), "\(found)")
    let known = try await paid.keyreel("plan", "film.yaml")
    #expect(known.output.contains("bought, to be collected"), "\(known)")
    #expect(known.output.contains("still to pay: $0.00"), "\(known)")
    let last = try await paid.keyreel("run", "film.yaml")
    #expect(last.status == 0, "bought already, so nobody has to be asked: \(last)")
    #expect(try server.requests().count == 3)
    #expect(try server.billed() == 3 * Self.expected)
  }

  @Test("What is not listed stays unknown until the author speaks")
  func neverArrived() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: submit, nth: [1, 2], reset: before}]\n")
    let paid = try PaidProject(server, segments: 1)
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 5)
    let looked = try await paid.keyreel("reconcile", "film.yaml")
    #expect(looked.status == 5 && looked.output.contains("unknown"), "\(looked)")
    let forgotten = try await paid.keyreel("reconcile", "film.yaml", "--forget", "s/0-1")
    #expect(forgotten.status == 0, "\(forgotten)")
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 5)
    let resent = try await paid.keyreel("run", "film.yaml", "--yes", "--resubmit-unknown", "s/0-1")
    #expect(resent.status == 0, "\(resent)")
    #expect(try server.requests().count == 1)
    let costs = try await paid.keyreel("costs")
    #expect(costs.output.contains("$0.00999"), "the second one may have been billed: \(costs)")
  }

  @Test("Among several requests that fit the author chooses")
  func several() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: submit, nth: [1, 2], reset: after}]\n")
    let paid = try PaidProject(server, segments: 1)
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 5)
    let second = try await paid.keyreel("run", "film.yaml", "--yes", "--resubmit-unknown", "s/0-1")
    #expect(second.status == 5, "\(second)")
    let asked = try await paid.keyreel("reconcile", "film.yaml")
    #expect(asked.status == 5 && asked.output.contains("candidate"), "\(asked)")
    let wrong = try await paid.keyreel("reconcile", "film.yaml", "--adopt", "s/0-1=nothing")
    #expect(wrong.status == 64, "\(wrong)")
    let id = try #require(try server.requests().first)
    let chosen = try await paid.keyreel("reconcile", "film.yaml", "--adopt", "s/0-1=\(id)")
    #expect(chosen.status == 0, "\(chosen)")
    #expect(try await paid.keyreel("run", "film.yaml").status == 0)
    #expect(try server.requests().count == 2)
  }

  @Test("A lost disk loses no clip that the provider still has", arguments: ["inline", "storage"])
  func lostDisk(_ upload: String) async throws {
    let server = try await RehearsalServer()
    let host = try #require(server.environment["FAL_RUN_HOST"]?.dropLast("/run".count))
    let paid = try PaidProject(
      server, segments: 2,
      more: "backends: {shop: {kind: fal, origin: '\(host)', upload: \(upload)}}")
    #expect(
      try await paid.keyreel("run", "film.yaml", "--backend", "shop", "--yes").status == 0)
    let film = paid.project.folder.appendingPathComponent("films/film.mp4")
    let before = try Data(contentsOf: film)
    try FileManager.default.removeItem(at: paid.project.folder.appendingPathComponent(".keyreel"))
    try FileManager.default.removeItem(at: film)
    let found = try await paid.keyreel("reconcile", "film.yaml", "--backend", "shop")
    #expect(found.status == 0, "\(found)")
    #expect(found.output.components(separatedBy: "adopted").count == 3, "\(found)")
    #expect(try await paid.keyreel("run", "film.yaml", "--backend", "shop").status == 0)
    #expect(try server.requests().count == 2)
    #expect(try Data(contentsOf: film) == before)
  }

  @Test("A lost disk loses no clip of a chain either, whose pictures come from earlier clips")
  func lostChain() async throws {
    let server = try await RehearsalServer(arguments: ["--backend", "animatic"])
    let paid = try PaidProject(
      server, segments: 2,
      more: """
          - name: chain
            chain: rendered
            keyframes: [stills/2.png, stills/0.png, stills/1.png, stills/2.png]
        """)
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 0)
    let film = try paid.project.read("films/film.mp4")
    try paid.project.startAgain()
    let found = try await paid.keyreel("reconcile", "film.yaml")
    #expect(found.status == 0, "\(found)")
    #expect(found.output.components(separatedBy: "adopted").count == 6, "\(found)")
    #expect(try server.requests().count == 5)
    let run = try await paid.keyreel("run", "film.yaml")
    #expect(run.status == 0, "all is bought, so nobody has to be asked: \(run)")
    #expect(try server.requests().count == 5)
    #expect(try paid.project.read("films/film.mp4") == film)
  }
}
