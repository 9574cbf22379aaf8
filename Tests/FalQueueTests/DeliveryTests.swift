import FalQueue
import KeyreelTesting
import Testing

@Suite("A webhook is told until it listens")
struct DeliveryTests {
  private func due(_ bench: TestBench, _ queue: JobQueue) async throws -> Delivery {
    try await queue.finish(.sample("x") { $0.webhook = "https://example.org/hook" })
    return try #require(try await queue.takeDueDeliveries().first)
  }

  @Test("One that does not answer is tried ten times more within about two hours")
  func backoff() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let start = bench.clock.now
    var delivery = try await due(bench, queue)
    #expect(delivery.payloads.output == JobEnding.success.output)
    for retry in 1...10 {
      guard case .again(let time) = try await queue.record(.failed("503"), of: delivery) else {
        throw BrokenPromise("it is tried again")
      }
      #expect(try await queue.nextDeliveryTime() == time)
      #expect(try await queue.takeDueDeliveries().isEmpty)
      bench.clock.advance(by: time - bench.clock.now)
      delivery = try #require(try await queue.takeDueDeliveries().first)
      #expect(delivery.tries == retry)
    }
    #expect(try await queue.record(.failed("503"), of: delivery) == .givenUp)
    let lasted = bench.clock.now - start
    #expect(lasted > .seconds(6600) && lasted < .seconds(7800))
    #expect(try await queue.nextDeliveryTime() == nil)
  }

  @Test("One that was told, or never will be, is not tried again")
  func ends() async throws {
    for (result, fate) in [
      (DeliveryResult.delivered, DeliveryFate.delivered),
      (.refused("redirect"), .givenUp),
    ] {
      let bench = try TestBench()
      let queue = try await bench.open()
      let delivery = try await due(bench, queue)
      #expect(try await queue.record(result, of: delivery) == fate)
      #expect(try await queue.record(.delivered, of: delivery) == .unknown)
      bench.clock.advance(by: .seconds(86_400))
      #expect(try await queue.takeDueDeliveries().isEmpty)
    }
  }

  @Test(
    "One whose teller vanished comes again after its lease, and after the queue was opened again")
  func lease() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let delivery = try await due(bench, queue)
    #expect(try await queue.takeDueDeliveries().isEmpty)
    try await queue.close()
    let again = try await bench.open()
    bench.clock.advance(by: .seconds(60))
    #expect(try await again.takeDueDeliveries() == [delivery])
  }
}
