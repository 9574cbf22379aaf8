import Foundation
import KeyreelTesting
import Testing

/// A film that is bought by runs which are killed one after the other, and what must hold of it.
final class KilledFilm {
  let paid: PaidProject
  let server: RehearsalServer
  private let segments: Int
  private let concurrency: Int
  private let journal: URL
  private let prompt: String
  /// How often each order had been begun when the author gave it up, by seed.
  private var forgotten: [Int: Int] = [:]

  /// Clips besides the chained ones.
  static let chained = 2

  /// A film of its own, `prompt`, with `segments` clips in a row and two that start from rendered ones.
  init(_ server: RehearsalServer, prompt: String, segments: Int, concurrency: Int) throws {
    self.server = server
    self.segments = segments
    self.concurrency = concurrency
    self.prompt = prompt
    paid = try PaidProject(server, segments: segments)
    journal = paid.project.folder.appendingPathComponent("journal")
    let stills = (0...segments).map { "stills/\($0).png" }.joined(separator: ", ")
    try paid.project.write(
      """
      keyreel: 1
      backend: fal
      prompt: \(prompt)
      defaults: {model: test/tiny, frames: 5}
      sequences:
        - name: s
          keyframes: [\(stills)]
        - name: chain
          chain: rendered
          keyframes: [stills/1.png, stills/3.png, stills/0.png]
      """, to: "film.yaml")
  }

  private func start(_ variables: [String: String]) throws -> ChildProcess {
    try KeyreelProcess.start(
      ["run", "film.yaml", "--yes", "--concurrency", "\(concurrency)"], in: paid.project.folder,
      environment: paid.environment.merging(variables) { $1 })
  }

  /// Runs until `instant` is passed for the `count`-th time; tells whether the run was killed there.
  func isKilled(at instant: String, count: Int) async throws -> Bool {
    let variables = try KillSwitch.variables(at: instant, count: count, journal: journal)
    return try await ends(start(variables), "\(instant) \(count)")
  }

  /// Runs and kills after `delay`; tells whether the run was killed.
  func isKilled(after delay: Duration) async throws -> Bool {
    let child = try start(KillSwitch.variables(journal: journal))
    try await Task.sleep(for: delay)
    child.send(SIGKILL)
    return try await ends(child, "\(delay)")
  }

  private func ends(_ child: ChildProcess, _ story: String) async throws -> Bool {
    let outcome = try await child.outcome()
    // Either it was killed, or it has done all it can: made the film, or left what nobody knows.
    #expect([128 + SIGKILL, 0, 5].contains(outcome.status), "\(story): \(outcome)")
    return outcome.status == 128 + SIGKILL
  }

  /// Whether the film is there.
  var isMade: Bool { paid.project.has("films/film.mp4") }

  /// Runs to the end, asking the provider and speaking for the author where nobody knows.
  func finish() async throws {
    for _ in 0..<50 {
      let outcome = try await start(KillSwitch.variables(journal: journal)).outcome()
      if outcome.status == 0 { return }
      guard outcome.status == 5 else {
        throw ProgramFailure(description: "\(prompt): \(outcome)")
      }
      try await reconcile()
    }
    throw ProgramFailure(description: "\(prompt) is never finished")
  }

  /// Has unknown orders adopted, and gives those up that provably never left.
  func reconcile() async throws {
    let asked = try await paid.json("reconcile", "film.yaml", "--format", "json")
    let rows = (asked["clips"] as? [[String: Any]] ?? []).filter {
      $0["state"] as? String == "unknown"
    }
    guard !rows.isEmpty else { return }
    let told = KillSwitch.Journal(journal)
    for row in rows {
      let name = try #require(row["name"] as? String)
      let seed = try seed(of: try #require(row["key"] as? String))
      // What was sent is listed soon: the server takes it out of its socket when it gets to it.
      guard told.sent[seed] == nil else { continue }
      let begun = told.begun[seed] ?? 0
      // Killed between the note and the sending, which nobody can tell from the outside.
      if begun > forgotten[seed] ?? 0, try await isListed(seed) { continue }
      forgotten[seed] = begun
      let outcome = try await paid.keyreel("reconcile", "film.yaml", "--forget", name)
      #expect([0, 5].contains(outcome.status), "\(outcome)")
    }
  }

  private func isListed(_ seed: Int) async throws -> Bool {
    for _ in 0..<20 {
      if try inputs().contains(where: { $0["seed"] as? Int == seed }) { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  /// The seed that was sent for the clip `key`, from the store's own record.
  private func seed(of key: String) throws -> Int {
    let folder = ".keyreel/claims/\(key.prefix(2))/\(key)"
    let names = try paid.project.contents(of: folder).keys.filter { $0.hasPrefix("intent-") }
    let record = try JSONSerialization.jsonObject(
      with: paid.project.read("\(folder)/\(try #require(names.first))"))
    let text = try #require((record as? [String: Any])?["input"] as? String)
    let input = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return try #require(input?["seed"] as? Int)
  }

  /// The inputs of this film's requests that the server accepted, with their ids.
  private func inputs() throws -> [[String: Any]] {
    try server.list("requests/by-endpoint", "items", more: "&expand=payloads").compactMap { item in
      guard var input = item["json_input"] as? [String: Any], input["prompt"] as? String == prompt
      else { return nil }
      input["request_id"] = item["request_id"]
      return input
    }
  }

  /// Each clip was bought once, nothing that was bought is missing, and the film is as if undisturbed.
  func check(_ story: String) async throws {
    let all = segments + Self.chained
    let inputs = try inputs()
    let seeds = inputs.compactMap { $0["seed"] as? Int }
    #expect(seeds.count == all && Set(seeds).count == all, "\(story): \(seeds.count) of \(all)")
    let told = KillSwitch.Journal(journal)
    #expect(told.sent.values.allSatisfy { $0 == 1 }, "\(story): one POST for each claim")
    #expect(told.sent.keys.allSatisfy(seeds.contains), "\(story)")
    let receipts = try paid.project.contents(of: ".keyreel/claims")
      .filter { $0.key.hasSuffix("/receipt.json") }
    let words = receipts.values.map { String(decoding: $0, as: UTF8.self) }
    #expect(receipts.count == all, "\(story)")
    for id in inputs.compactMap({ $0["request_id"] as? String }) {
      #expect(words.contains { $0.contains(id) }, "\(story): \(id) was accepted and is lost")
    }
    try await paid.project.storeIsSound()
    let film = try paid.project.read("films/film.mp4")
    try paid.project.startAgain()
    let again = try await paid.keyreel(
      "run", "film.yaml", "--yes", "--concurrency", "\(concurrency)")
    #expect(again.status == 0, "\(story): \(again)")
    #expect(try paid.project.read("films/film.mp4") == film, "\(story)")
  }
}
