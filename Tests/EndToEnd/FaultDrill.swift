import Foundation
import KeyreelTesting
import Testing

/// Faults that strike one segment each, all in one run against one server.
struct FaultDrill {
  typealias Trial = FaultMatrix.Trial
  typealias Outcome = FaultMatrix.Outcome

  private let trials: [Trial]
  private let server: RehearsalServer
  private let paid: PaidProject

  /// A film with a sequence, and a model of its own, for each of `trials`.
  init(_ trials: [Trial]) async throws {
    self.trials = trials
    var faults = "seed: 7\nfaults:\n"
    for (index, trial) in trials.enumerated() {
      faults += trial.entry(named: "f\(index)", endpoint: "test/r\(index)")
    }
    let models = trials.indices.map { "r\($0)" }
    server = try await RehearsalServer(
      faults: faults, arguments: ["--concurrency", "4"], models: models)
    let sequences = models.map {
      "  - {name: \($0), model: test/\($0), keyframes: [stills/0.png, stills/1.png]}"
    }
    paid = try PaidProject(server, segments: 1, more: sequences.joined(separator: "\n"))
    for model in models {
      try paid.project.write(RehearsalServer.profile(of: model), to: "models/\(model).json")
    }
  }

  /// Plays all of them, and tells what came of each.
  func outcomes() async throws -> [Outcome] {
    let first = try await run("first.jsonl")
    #expect([1, 5].contains(first.outcome.status), "\(first.outcome)")
    #expect(first.events.committed.contains("s/0-1"), "an innocent segment: \(first.outcome)")
    let bought = try counts()
    let states = try await reconciled()
    let last = try await run("last.jsonl")
    #expect(last.outcome.status == 0, "\(last.outcome)")
    let all = try counts()
    return try trials.indices.map { index in
      let name = "r\(index)/0-1"
      let count = (first: bought[index], all: all[index])
      guard let failure = first.events.failed[name] else {
        #expect(count == (1, 1) && first.events.committed.contains(name), "\(trials[index])")
        return try made(index, first.events)
      }
      return outcome(failure, count, states[name], trials[index])
    }
  }

  private func outcome(
    _ failure: RunEvents.Failure, _ count: (first: Int, all: Int), _ state: String?, _ trial: Trial
  ) -> Outcome {
    switch (failure.code, state, count.first, count.all) {
    case ("unknown-submission", "adopted", 1, 1): return .adopted
    case ("unknown-submission", "unknown", 0, 1): return .unknown
    case (_, _, 0, 1): return .refused
    case (_, _, 1, 1): return .later
    case (_, _, 1, 2): return .failed
    default:
      Issue.record("\(trial): \(failure), \(state ?? "not listed"), requests \(count)")
      return .held
    }
  }

  /// A clip that was made in the first run: what else was said of it.
  private func made(_ index: Int, _ events: RunEvents) throws -> Outcome {
    let isPlayed = server.log.split(separator: "\n").contains { line in
      line.contains("fault played") && line.contains("name=f\(index) ")
    }
    guard isPlayed else { return .unused }
    if events.lines.contains(where: { $0.message?.hasPrefix("r\(index)/0-1: ") == true }) {
      return .remarked
    }
    let billed = try server.billed(of: "test/r\(index)")
    return billed == MoneyTests.worst ? .dearer : .made
  }

  private func run(_ log: String) async throws -> (
    outcome: KeyreelProcess.Outcome, events: RunEvents
  ) {
    let outcome = try await paid.keyreel(
      "run", "film.yaml", "--yes", "--concurrency", "32", "--events", log)
    return (outcome, try RunEvents(paid.project.read(log)))
  }

  /// What the provider's list says of each segment; what is not on it is given up.
  private func reconciled() async throws -> [String: String] {
    let report = try await paid.json("reconcile", "film.yaml", "--format", "json")
    let pairs = (report["clips"] as? [[String: Any]] ?? []).compactMap { row in
      (row["name"] as? String).flatMap { name in (row["state"] as? String).map { (name, $0) } }
    }
    let forgotten = pairs.filter { $0.1 == "unknown" }.flatMap { ["--forget", $0.0] }
    if !forgotten.isEmpty {
      let outcome = try await KeyreelProcess.run(
        ["reconcile", "film.yaml"] + forgotten, in: paid.project.folder,
        environment: paid.environment)
      #expect(outcome.status == 0, "\(outcome)")
    }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
  }

  /// How many requests each segment has had.
  private func counts() throws -> [Int] {
    try trials.indices.map { try server.requests(of: "test/r\($0)").count }
  }
}
