import FalQueue
import KeyreelTesting
import Testing

@Suite("Whoever waits for a change is told, and forgotten when gone")
struct SignalTests {
  @Test("A waiting task learns of the end of its job")
  func completion() async throws {
    let queue = try await TestBench().open()
    let job = try await queue.submit(.sample())
    async let ended = queue.completion(of: job.id)
    let taken = try #require(try await queue.take())
    _ = try await queue.complete(taken.attempt, with: .success)
    #expect(try await ended?.statusCode == 200)
    #expect(try await queue.completion(of: job.id)?.state == .completed)
    #expect(try await queue.completion(of: "unknown") == nil)
    #expect(queue.readerCount == 0)
  }

  @Test("Who works on a job learns of the wish to cancel it, whenever it was made, and only then")
  func wishes() async throws {
    let queue = try await TestBench().open()
    for id in ["early", "late", "other"] { try await queue.submit(.sample(id)) }
    let jobs = try await queue.take(upTo: 5)
    #expect(jobs.map(\.job.id) == ["early", "late", "other"])
    _ = try await queue.cancel("early")
    var early = queue.cancelWishes(of: "early").makeAsyncIterator()
    #expect(await early.next() != nil)
    let stream = queue.cancelWishes(of: "late")
    let other = queue.cancelWishes(of: "other")
    try await queue.log(
      [LogLine(time: queue.now, level: "INFO", message: "m")], of: jobs[2].attempt)
    _ = try await queue.cancel("late")
    var late = stream.makeAsyncIterator()
    #expect(await late.next() != nil)
    for job in jobs { _ = try await queue.complete(job.attempt, with: .success) }
    // A job that has ended is not to be cancelled any more.
    let ended = queue.cancelWishes(of: "early")
    try await queue.close()
    for stream in [other, ended] {
      var rest = stream.makeAsyncIterator()
      #expect(await rest.next() == nil)
    }
  }

  @Test("Each kind of change is a signal, and other jobs' changes are none")
  func kinds() async throws {
    let queue = try await TestBench().open()
    let changes = queue.changes(of: "x")
    let other = queue.changes(of: "y")
    var next = changes.makeAsyncIterator()
    try await queue.submit(.sample("x"))
    let taken = try #require(try await queue.take())
    #expect(await next.next() != nil)
    try await queue.log([LogLine(time: queue.now, level: "INFO", message: "m")], of: taken.attempt)
    #expect(await next.next() != nil)
    _ = try await queue.cancel("x")
    #expect(await next.next() != nil)
    _ = try await queue.complete(taken.attempt, with: .success)
    #expect(await next.next() != nil)
    try await queue.close()
    #expect(await next.next() == nil)
    var none = other.makeAsyncIterator()
    #expect(await none.next() == nil)
  }

  @Test("Work is announced when a job comes and when one comes back; a webhook when it is due")
  func work() async throws {
    let queue = try await TestBench().open()
    var work = queue.workSignals().makeAsyncIterator()
    var deliveries = queue.deliverySignals().makeAsyncIterator()
    try await queue.submit(.sample { $0.webhook = "https://example.org" })
    #expect(await work.next() != nil)
    let taken = try #require(try await queue.take())
    _ = try await queue.requeue(taken.attempt)
    #expect(await work.next() != nil)
    let again = try #require(try await queue.take())
    _ = try await queue.complete(again.attempt, with: .failure)
    #expect(await deliveries.next() != nil)
  }

  @Test("A cancelled or dropped reader leaves nothing behind")
  func leaks() async throws {
    let queue = try await TestBench().open()
    let job = try await queue.submit(.sample())
    let waiting = (0..<50).map { _ in Task { try await queue.completion(of: job.id) } }
    for task in waiting { task.cancel() }
    for task in waiting {
      // Cancelled while reading the job or while waiting for its change: both are an end.
      if case .success(let found) = await task.result { #expect(found == nil) }
    }
    do { _ = queue.changes(of: job.id) }
    #expect(queue.readerCount == 0)
  }
}
