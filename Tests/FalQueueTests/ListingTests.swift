import FalQueue
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("What was done can be looked up")
struct ListingTests {
  /// Nine ended jobs, a second apart, every third a failure, and one that waits.
  private func filled() async throws -> (TestBench, JobQueue) {
    let bench = try TestBench()
    let queue = try await bench.open()
    for number in 1...9 {
      let new = NewJob.sample("j\(number)", owner: number % 2 == 0 ? "bob" : "ann") { job in
        job.keepsPayloads = number != 4
        job.price = JobPrice(unitPrice: Money(nanos: 33_300_000), unit: "seconds")
        if number == 9 { job.endpoint = "fal-ai/framepack" }
      }
      try await queue.submit(new)
      let taken = try #require(try await queue.take())
      bench.clock.advance(by: .seconds(number % 4))
      _ = try await queue.complete(taken.attempt, with: number % 3 == 0 ? .failure : .success)
      bench.clock.advance(by: .seconds(1))
    }
    try await queue.submit(.sample("waiting"))
    return (bench, queue)
  }

  private func ids(
    _ queue: JobQueue, _ change: (inout RequestFilter) -> Void
  ) async throws -> [String] {
    var filter = RequestFilter()
    change(&filter)
    return try #require(try await queue.requests(filter)).items.map(\.job.id)
  }

  @Test("Jobs are filtered by endpoint, outcome, time, owner and id, and sorted")
  func filters() async throws {
    let (_, queue) = try await filled()
    #expect(try await ids(queue) { $0.endpoints = ["fal-ai/framepack"] } == ["j9"])
    #expect(try await ids(queue) { $0.outcome = .error } == ["j9", "j6", "j3"])
    #expect(try await ids(queue) { $0.outcome = .userError } == [])
    #expect(try await ids(queue) { $0.requestIDs = ["j5"] } == ["j5"])
    #expect(
      try await ids(queue) { filter in
        filter.owner = "bob"
        filter.outcome = .success
      } == ["j8", "j4", "j2"])
    #expect(try await ids(queue) { $0.order = .duration }.prefix(3) == ["j7", "j3", "j6"])
    #expect(try await ids(queue) { _ in }.first == "waiting")
    let third = try #require(try await queue.job("j3")).acceptedAt
    #expect(try await ids(queue) { $0.until = third } == ["j2", "j1"])
    #expect(try await ids(queue) { $0.from = third }.last == "j3")
  }

  @Test("Pages of any size hold every job once", arguments: [1, 2, 3, 7, 50])
  func pages(limit: Int) async throws {
    let (_, queue) = try await filled()
    for order in [RequestFilter.Order.endedAt, .duration] {
      var filter = RequestFilter()
      (filter.limit, filter.order) = (limit, order)
      var found: [String] = []
      repeat {
        let page = try #require(try await queue.requests(filter))
        #expect(page.items.count <= limit)
        found += page.items.map(\.job.id)
        filter.cursor = page.nextCursor
      } while filter.cursor != nil
      #expect(found.count == 10 && Set(found).count == 10)
    }
    var wrong = RequestFilter()
    wrong.cursor = "elsewhere"
    #expect(try await queue.requests(wrong) == nil)
  }

  @Test("Payloads are shown only when asked for and only when they were to be stored")
  func payloads() async throws {
    let (_, queue) = try await filled()
    let shown = try #require(
      try await queue.requests(RequestFilter(), expanding: .payloads(upTo: 1 << 20))
    ).items
    for item in shown {
      let payloads = try #require(item.payloads)
      #expect((payloads.input == nil) == (item.job.id == "j4"))
      #expect((payloads.output == nil) == ["j4", "waiting"].contains(item.job.id))
    }
    let bare = try #require(try await queue.requests(RequestFilter())).items
    #expect(bare.allSatisfy { $0.payloads == nil })
    let withheld = try #require(try await queue.result(of: "j4"))
    #expect(withheld.payloads.input == nil && withheld.payloads.output != nil)
  }

  @Test("Billing events tell what each job cost, and sums per key agree")
  func billing() async throws {
    let (_, queue) = try await filled()
    var filter = BillingFilter()
    filter.limit = 4
    var events: [BillingEvent] = []
    repeat {
      let page = try #require(try await queue.billingEvents(filter))
      events += page.items
      filter.cursor = page.nextCursor
    } while filter.cursor != nil
    #expect(events.map(\.requestID) == ["j8", "j7", "j5", "j4", "j2", "j1"])
    #expect(events.allSatisfy { $0.units.decimal == "8.00" && $0.price?.unit == "seconds" })
    let usage = try await queue.usage()
    #expect(usage["ann"]?.accepted == 6 && usage["ann"]?.succeeded == 3)
    #expect(usage["ann"]?.failed == 2)
    for (owner, usage) in usage {
      let own = events.filter { $0.owner == owner }
      #expect(usage.cost == own.reduce(.zero) { $0 + $1.cost })
    }
    var one = BillingFilter()
    one.requestIDs = ["j5"]
    #expect(try await queue.billingEvents(one)?.items.count == 1)
    let counts = try await queue.counts()
    #expect((counts.waiting, counts.running, counts.succeeded, counts.failed) == (1, 0, 6, 3))
  }
}
