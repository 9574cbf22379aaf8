import Foundation
import KeyreelTesting
import Testing

@Suite("Budgets in real runs", .serialized)
struct BudgetRunTests {
  /// A decimal amount in billionths.
  private static func nanos(_ text: String) -> Int {
    let parts = text.split(separator: ".")
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    return (Int(parts[0]) ?? 0) * 1_000_000_000
      + (Int(fraction + String(repeating: "0", count: 9 - fraction.count)) ?? 0)
  }

  @Test("In fifty runs against a server that bills up to the worst price no ceiling is passed")
  func ceilings() async throws {
    let server = try await RehearsalServer(
      faults: """
        seed: 11
        faults:
          - {at: work, probability: 0.5, bill: worst}
          - {at: work, probability: 0.1, fail: {status: 500, type: internal_error}}
          - {at: submit, probability: 0.05, reset: after}
          - {at: submit, probability: 0.05, answer: {status: 429, retry_after: 0}}
        """, arguments: ["--concurrency", "4"])
    var random = SplitMix(seed: 3)
    var before = 0
    for run in 0..<50 {
      let paid = try PaidProject(server, segments: Int.random(in: 1...5, using: &random))
      // Other pictures, other clips: every run buys its own.
      try paid.project.write(TinyStill.numbered(run * 100 + 17), to: "stills/0.png")
      let ceiling = Int.random(in: 0...60_000, using: &random)
      let amount = "0.0\(String(repeating: "0", count: 5 - "\(ceiling)".count))\(ceiling)"
      let outcome = try await paid.keyreel(
        "run", "film.yaml", "--yes", "--max-cost", amount, "--concurrency",
        "\(Int.random(in: 1...5, using: &random))")
      #expect([0, 1, 4, 5].contains(outcome.status), "run \(run): \(outcome)")
      let billed = try server.billed()
      #expect(
        billed - before <= Self.nanos(amount),
        "run \(run) with \(amount) was billed \(billed - before): \(outcome)")
      before = billed
    }
    #expect(before > 0)
  }

  @Test("A run that its budget ends says what is left, keeps what it has, and goes on with more")
  func stops() async throws {
    let server = try await RehearsalServer()
    let paid = try PaidProject(server, segments: 3, more: "budget: {run: 0.02 USD, month: 1 USD}")
    let first = try await paid.keyreel("run", "film.yaml", "--yes")
    #expect(first.status == 4, "\(first)")
    #expect(
      first.errors.contains(
        "budget.run of $0.02 does not cover 1 clip, which would cost $0.00555, at most $0.00999"),
      "\(first)")
    #expect(try server.requests().count == 2)
    let second = try await paid.keyreel("run", "film.yaml", "--yes")
    #expect(second.status == 0, "\(second)")
    #expect(try server.requests().count == 3)
  }

  @Test("A month's ceiling counts what earlier runs spent, and what may have been billed")
  func month() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: submit, nth: [1], reset: after}]\n")
    let paid = try PaidProject(server, segments: 3, more: "budget: {month: 0.021 USD}")
    let first = try await paid.keyreel("run", "film.yaml", "--yes", "--concurrency", "1")
    // The lost one counts 0.00999, the next 0.00555; a third might pass the ceiling.
    #expect(first.status == 5, "\(first)")
    #expect(try server.requests().count == 2)
    let second = try await paid.keyreel("run", "film.yaml", "--yes")
    #expect(second.status == 5 && second.errors.contains("budget.month"), "\(second)")
    #expect(try server.requests().count == 2)
  }

  @Test("A bill beyond the profile's worst price is told, and nothing more is bought")
  func beyondWorst() async throws {
    let server = try await RehearsalServer(faults: "seed: 7\nfaults: [{at: work, bill: worst}]\n")
    let paid = try PaidProject(server, segments: 3)
    // Here the model is believed to deliver what is asked for, and to bill no more.
    try paid.project.write(TinyModel.profile, to: "models/tiny.json")
    let outcome = try await paid.keyreel("run", "film.yaml", "--yes", "--concurrency", "1")
    #expect(outcome.status == 4, "\(outcome)")
    #expect(outcome.errors.contains("was billed 0.00999, more than the 0.00555"), "\(outcome)")
    #expect(try server.requests().count == 1)
  }

  @Test("Two runs on one store pay every clip once")
  func twoRuns() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: work, delay: {uniform: [1ms, 200ms]}}]\n",
      arguments: ["--concurrency", "4"])
    let paid = try PaidProject(server, segments: 12)
    async let first = paid.keyreel("run", "film.yaml", "--yes")
    async let second = paid.keyreel("run", "film.yaml", "--yes")
    let outcomes = try await [first, second]
    #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes)")
    #expect(try server.requests().count == 12)
  }

  @Test("Runs that are killed at random instants buy every clip once")
  func killed() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 5\nfaults: [{at: work, delay: {uniform: [1ms, 150ms]}}]\n",
      arguments: ["--concurrency", "8"])
    let paid = try PaidProject(server, segments: 16)
    var random = SplitMix(seed: 9)
    for _ in 0..<20 {
      let child = try KeyreelProcess.start(
        ["run", "film.yaml", "--yes"], in: paid.project.folder, environment: paid.environment)
      try await Task.sleep(for: .milliseconds(Int.random(in: 20...600, using: &random)))
      child.send(SIGKILL)
      _ = try await child.outcome()
      // A kill between intent and ticket leaves it open whether the request arrived.
      _ = try await paid.keyreel("reconcile", "film.yaml")
    }
    var last = try await paid.keyreel("run", "film.yaml", "--yes")
    if last.status == 5 {
      let asked = try await paid.json("reconcile", "film.yaml", "--format", "json")
      let unknown = (asked["clips"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
      // Killed before the request left: the server shows that it never came.
      for name in unknown {
        _ = try await paid.keyreel("reconcile", "film.yaml", "--forget", name)
      }
      last = try await paid.keyreel("run", "film.yaml", "--yes")
    }
    #expect(last.status == 0, "\(last)")
    #expect(try server.requests().count == 16)
    #expect(try server.billed() == 16 * MoneyTests.expected)
  }
}
