import Foundation
import KeyreelTesting
import Testing

@Suite("Many requests in flight share the calls that tell of their ends", .serialized)
struct ManyResultsTests {
  private static let segments = 40

  /// What a run of many segments asked the server, and what it came to.
  private struct Tale {
    let calls: [String: Int]
    let spent: String
  }

  private func run(faults: String? = nil) async throws -> Tale {
    let server = try await RehearsalServer(faults: faults, arguments: ["--concurrency", "16"])
    let paid = try PaidProject(server, segments: Self.segments)
    let outcome = try await paid.keyreel("run", "film.yaml", "--yes", "--concurrency", "40")
    #expect(outcome.status == 0, "\(outcome)")
    // Not asked of the platform, which the faults concern.
    #expect(try server.jobsMade() == Self.segments, "each is paid once")
    let costs = try await paid.keyreel("costs", "--by", "model", "--format", "csv")
    return Tale(calls: try server.calls(), spent: costs.output)
  }

  @Test("The list saves most calls, and changes nothing in what is known of the cost")
  func saved() async throws {
    let listed = try await run()
    let alone = try await run(faults: "faults: [{name: no, at: platform, answer: 403}]\n")
    #expect(alone.calls["queue"] ?? 0 >= 3 * Self.segments)
    #expect(listed.calls["queue"] ?? 0 < alone.calls["queue"] ?? 0)
    #expect(listed.spent == alone.spent)
  }

  @Test(
    "Whatever befalls the list, every segment is made and paid once",
    arguments: [
      "answer: 401", "answer: 500", "reset: before", "truncate: 40", "delay: 5s",
    ])
  func faults(_ fault: String) async throws {
    _ = try await run(faults: "faults: [{name: it, at: platform, nth: [2, 3], \(fault)}]\n")
  }
}
