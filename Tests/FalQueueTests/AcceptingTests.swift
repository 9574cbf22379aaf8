import FalQueue
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("A job that is accepted is kept")
struct AcceptingTests {
  @Test("All that was handed in comes back, after the queue was opened again too")
  func roundTrip() async throws {
    let bench = try TestBench()
    let price = JobPrice(unitPrice: Money(nanos: 33_300_000), unit: "seconds")
    let new = NewJob.sample("id-1") { job in
      job.priority = .low
      job.startTimeout = .seconds(30)
      job.isNeverRetried = true
      job.fileLife = .seconds(3600)
      job.webhook = "https://example.org/hook?a=1&b=2"
      job.tags = #"{"film":"dawn"}"#
      job.context = "run"
      job.price = price
    }
    let queue = try await bench.open()
    let accepted = try await queue.submit(new)
    try await queue.close()
    let again = try await bench.open()
    let job = try #require(try await again.job("id-1"))
    #expect(job == accepted)
    #expect(job.state == .queued && job.attempts == 0 && job.priority == .low)
    #expect(job.acceptedAt == bench.clock.now)
    #expect(job.startDeadline == bench.clock.now + .seconds(30))
    #expect(job.isNeverRetried && job.fileLife == .seconds(3600) && job.price == price)
    #expect(job.webhook == new.webhook && job.tags == new.tags && job.context == "run")
    #expect(try await again.result(of: "id-1")?.payloads.input == new.input)
    #expect(try await again.job("id-2") == nil)
  }

  @Test("Ids are made where none is given, and one id is taken once")
  func ids() async throws {
    let queue = try await TestBench().open()
    let first = try await queue.submit(.sample())
    let second = try await queue.submit(.sample())
    #expect(first.id != second.id && first.id.utf8.count == 36)
    #expect(await code { try await queue.submit(.sample(first.id)) } == .requestIDTaken)
    #expect(try await queue.queueLength() == 2)
  }

  @Test("A queue that is longer than the sender allows refuses the job")
  func maximumLength() async throws {
    let queue = try await TestBench().open()
    func tell(_ most: Int) async throws -> Acceptance {
      try await queue.accept(.sample { $0.maximumQueueLength = most })
    }
    guard case .accepted = try await tell(0) else { throw BrokenPromise("an empty queue accepts") }
    #expect(try await tell(0) == .tooLong(queueLength: 1))
    guard case .accepted(_, let position) = try await tell(1) else {
      throw BrokenPromise("one waiting job is allowed")
    }
    #expect(position == 1)
    #expect(try await queue.queueLength() == 2)
  }

  @Test("An idempotency key replays the first answer, for one owner and one day")
  func idempotency() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    func send(_ owner: String, _ body: String) async throws -> Acceptance {
      try await queue.accept(
        .sample(owner: owner) { $0.idempotency = IdempotencyKey("k", body: .of(body)) })
    }
    guard case .accepted(let job, _) = try await send("ann", "a") else {
      throw BrokenPromise("the first is accepted")
    }
    #expect(try await send("ann", "a") == .replayed(job, position: 0))
    #expect(try await send("ann", "b") == .conflict(jobID: job.id))
    guard case .accepted = try await send("bob", "b") else {
      throw BrokenPromise("another owner's key is another key")
    }
    _ = try await queue.take()
    guard case .replayed(let running, nil) = try await send("ann", "a") else {
      throw BrokenPromise("it is replayed while it runs")
    }
    #expect(running.state == .running)
    bench.clock.advance(by: .seconds(86_400))
    guard case .accepted = try await send("ann", "b") else {
      throw BrokenPromise("the key is forgotten after a day")
    }
  }

  @Test("Hundreds of clients at once lose nothing, and equal keys make one job")
  func manyAtOnce() async throws {
    let queue = try await TestBench().open()
    let jobs = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<600 {
        group.addTask {
          let key = IdempotencyKey("k\(number / 2)", body: .of("same"))
          let new = NewJob.sample(owner: "o\(number / 2 % 7)") { $0.idempotency = key }
          switch try await queue.accept(new) {
          case .accepted(let job, _), .replayed(let job, _): return job.id
          case let other: throw BrokenPromise("\(other)")
          }
        }
      }
      return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    }
    #expect(jobs.count == 300 && jobs.values.allSatisfy { $0 == 2 })
    #expect(try await queue.queueLength() == 300)
    var taken: Set<String> = []
    while let job = try await queue.take() { taken.insert(job.job.id) }
    #expect(taken == Set(jobs.keys))
    #expect(try await queue.integrityProblems() == [])
  }
}
