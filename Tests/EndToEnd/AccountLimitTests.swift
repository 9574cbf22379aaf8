import Foundation
import KeyreelTesting
import Testing

/// Accounts may have so many requests in flight; fal answers what is more with 429.
@Suite("An account's own limit", .serialized)
struct AccountLimitTests {
  @Test("A limit that nobody told is found out, and every clip is bought once")
  func found() async throws {
    let server = try await RehearsalServer(
      faults: """
        faults:
          - {name: full, at: submit, in_flight: 8, answer: {status: 429, retry_after: 0}}
          - {at: work, delay: {uniform: [5ms, 40ms]}}
        """, arguments: ["--concurrency", "8"])
    let paid = try PaidProject(server, segments: 48)
    let outcome = try await paid.keyreel("run", "film.yaml", "--yes", "--concurrency", "48")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try server.requests().count == 48)
    #expect(try server.billed() == 48 * MoneyTests.expected)
    // All at once are too many; asking again and again without asking for less would be refused
    // many times for each clip.
    #expect((1..<48 * 3).contains(server.count(ofFault: "full")), "\(server.log)")
  }

  @Test("Sequences of a film are served in turn, however long the first one is")
  func fair() async throws {
    let server = try await RehearsalServer()
    let paid = try PaidProject(
      server, segments: 12,
      more: "  - name: short\n    keyframes: [stills/3.png, stills/1.png, stills/4.png]")
    let outcome = try await paid.keyreel(
      "run", "film.yaml", "--yes", "--concurrency", "1", "--events", "events.jsonl")
    #expect(outcome.status == 0, "\(outcome)")
    let file = paid.project.folder.appendingPathComponent("events.jsonl")
    let order = try RunEvents(Data(contentsOf: file)).committed
    #expect(order.count == 14 && order.prefix(4).count { $0.hasPrefix("short/") } == 2, "\(order)")
  }
}
