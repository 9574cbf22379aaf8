import Foundation
import KeyreelTesting
import Testing

/// A fault that concerns a whole run: of files, of the provider's lists, of the key, or without an end.
struct LoneFault {
  private let trial: FaultMatrix.Trial
  private let server: RehearsalServer
  private let paid: PaidProject
  private static let segments = 3

  /// A film of three segments, made one after the other, for `trial`.
  init(_ trial: FaultMatrix.Trial) async throws {
    self.trial = trial
    var faults = "seed: 7\nfaults:\n\(trial.entry(named: "it"))"
    if trial.place == "platform" { faults += "  - {at: submit, nth: [2], reset: after}\n" }
    server = try await RehearsalServer(faults: faults)
    let host = try #require(server.environment["FAL_RUN_HOST"]?.dropLast("/run".count))
    let upload = trial.place == "upload" ? "storage" : "inline"
    paid = try PaidProject(
      server, segments: Self.segments,
      more: "backends: {shop: {kind: fal, origin: '\(host)', upload: \(upload)}}")
  }

  private static let words = ["--backend", "shop"]

  private func run(_ log: String) async throws -> (
    outcome: KeyreelProcess.Outcome, events: RunEvents
  ) {
    let outcome = try await KeyreelProcess.run(
      ["run", "film.yaml", "--yes", "--concurrency", "1", "--events", log] + Self.words,
      in: paid.project.folder, environment: paid.environment)
    return (outcome, try RunEvents(paid.project.read(log)))
  }

  /// Plays it, and tells what came of it.
  func outcome() async throws -> FaultMatrix.Outcome {
    if trial.outcome == .endless { return try await endless() }
    if trial.place == "platform" { return try await lookedUp() }
    let first = try await run("first.jsonl")
    let bought = try server.requests().count
    #expect(server.log.contains("fault played"), "\(trial)")
    let failed = first.events.failed
    let last = try await run("last.jsonl")
    #expect(last.outcome.status == 0, "\(trial): \(last.outcome)")
    #expect(try server.requests().count == Self.segments, "\(trial): paid once each")
    guard let failure = failed.values.first else {
      #expect(first.outcome.status == 0, "\(trial): \(first.outcome)")
      return .made
    }
    #expect(first.outcome.status == 1 && failed.count == 1, "\(trial): \(first.outcome)")
    if failure.code == "bad-key" {
      #expect(first.events.committed.isEmpty && bought <= 1, "\(trial): \(first.outcome)")
      return .held
    }
    #expect(first.events.committed.count == 2, "the others: \(trial): \(first.outcome)")
    return bought == Self.segments ? .later : .refused
  }

  private func lookedUp() async throws -> FaultMatrix.Outcome {
    let first = try await run("first.jsonl")
    #expect(first.outcome.status == 5, "\(trial): \(first.outcome)")
    let reconcile = ["reconcile", "film.yaml"] + Self.words
    let asked = try await KeyreelProcess.run(
      reconcile, in: paid.project.folder, environment: paid.environment)
    #expect(server.log.contains("name=it"), "\(trial)")
    let found = try await KeyreelProcess.run(
      reconcile, in: paid.project.folder, environment: paid.environment)
    #expect(found.status == 0, "\(trial): \(found)")
    let last = try await run("last.jsonl")
    #expect(last.outcome.status == 0, "\(trial): \(last.outcome)")
    #expect(try server.requests().count == Self.segments, "\(trial): paid once each")
    if asked.status == 0 { return .adopted }
    #expect(asked.status == 1 && asked.errors.contains("error"), "\(trial): \(asked)")
    return .told
  }

  /// A job without an end: the others are made, a stop is clean, and nothing is asked for again.
  private func endless() async throws -> FaultMatrix.Outcome {
    for log in ["first.jsonl", "next.jsonl"] {
      let child = try KeyreelProcess.start(
        ["run", "film.yaml", "--yes", "--concurrency", "3", "--events", log] + Self.words,
        in: paid.project.folder, environment: paid.environment)
      let others = log == "first.jsonl" ? "take_committed" : "take_reused"
      while child.isRunning {
        let events = (try? paid.project.read(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let isWaiting =
          events.components(separatedBy: others).count > 2 && events.contains("take_progress")
        if isWaiting { break }
        try await Task.sleep(for: .milliseconds(20))
      }
      child.send(SIGINT)
      let outcome = try await child.outcome()
      #expect(outcome.status == 130, "\(trial): \(outcome)")
      #expect(try server.requests().count == Self.segments, "\(trial)")
    }
    let plan = try await paid.keyreel("plan", "film.yaml", "--backend", "shop")
    #expect(plan.output.contains("bought, to be collected"), "\(plan)")
    return .endless
  }
}
