import FalQueue
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("Every job has its turn and one end")
struct WorkingTests {
  @Test("Owners take turns, normal goes before low, and within that the first comes first")
  func fairOrder() async throws {
    let queue = try await TestBench().open()
    for number in 1...3 { try await queue.submit(.sample("a\(number)", owner: "ann")) }
    try await queue.submit(.sample("b-low", owner: "bob") { $0.priority = .low })
    try await queue.submit(.sample("b1", owner: "bob"))
    try await queue.submit(.sample("c1", owner: "cid"))
    var order: [String] = []
    while let taken = try await queue.take() { order.append(taken.job.id) }
    #expect(order == ["a1", "b1", "c1", "a2", "b-low", "a3"])
  }

  @Test("An owner whose job ended is not served before one who waits longer")
  func longestNotServed() async throws {
    let queue = try await TestBench().open()
    for number in 1...2 {
      for owner in ["ann", "bob"] {
        try await queue.submit(.sample("\(owner)\(number)", owner: owner))
      }
    }
    var order: [String] = []
    while let taken = try await queue.take() {
      order.append(taken.job.id)
      _ = try await queue.complete(taken.attempt, with: .success)
    }
    #expect(order == ["ann1", "bob1", "ann2", "bob2"])
  }

  @Test("The place in the queue counts the waiting jobs before")
  func positions() async throws {
    let queue = try await TestBench().open()
    try await queue.submit(.sample("low") { $0.priority = .low })
    for id in ["one", "two"] { try await queue.submit(.sample(id)) }
    func positions() async throws -> [Int?] {
      var found: [Int?] = []
      for id in ["one", "two", "low"] { found.append(try await queue.status(of: id)?.position) }
      return found
    }
    #expect(try await positions() == [0, 1, 2])
    _ = try await queue.take()
    #expect(try await positions() == [nil, 0, 1])
  }

  @Test("An ending is written once, with all that belongs to it")
  func completesOnce() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    try await queue.submit(.sample("x") { $0.webhook = "https://example.org/hook" })
    let taken = try #require(try await queue.take())
    #expect(taken.job.state == .running && taken.attempt == Attempt(jobID: "x", number: 1))
    bench.clock.advance(by: .seconds(9))
    guard case .completed(let job) = try await queue.complete(taken.attempt, with: .success)
    else { throw BrokenPromise("it ends") }
    #expect(job.state == .completed && job.statusCode == 200 && job.endedAt == bench.clock.now)
    #expect(job.inferenceTime == .milliseconds(1500) && job.cost == Money(decimal: "0.2664"))
    #expect(try await queue.complete(taken.attempt, with: .failure) == .stale)
    #expect(try await queue.requeue(taken.attempt) == .stale)
    #expect(try await queue.result(of: "x")?.payloads.output == JobEnding.success.output)
    #expect(try await queue.billingEvents(BillingFilter())?.items.map(\.requestID) == ["x"])
    #expect(try await queue.takeDueDeliveries().map(\.job) == [job])
    #expect(
      await code { try await queue.complete(Attempt(jobID: "y", number: 1), with: .failure) } == nil
    )
  }

  @Test("An attempt that was given up can no longer end its job")
  func staleAttempt() async throws {
    let queue = try await TestBench().open()
    try await queue.submit(.sample("x"))
    let first = try #require(try await queue.take())
    guard case .requeued = try await queue.requeue(first.attempt) else {
      throw BrokenPromise("it waits again")
    }
    let second = try #require(try await queue.take())
    #expect(second.attempt.number == 2)
    #expect(try await queue.complete(first.attempt, with: .success) == .stale)
    #expect(
      try await queue.log(
        [LogLine(time: queue.now, level: "INFO", message: "late")], of: first.attempt)
        == false)
    guard case .completed = try await queue.complete(second.attempt, with: .success) else {
      throw BrokenPromise("the current one ends it")
    }
  }

  @Test("A job has ten attempts, and one if no retry is wanted")
  func attempts() async throws {
    let queue = try await TestBench().open()
    try await queue.submit(.sample("x"))
    for number in 1...10 {
      let taken = try #require(try await queue.take())
      #expect(taken.attempt.number == number)
      let outcome = try await queue.requeue(taken.attempt)
      if number < 10 {
        guard case .requeued = outcome else { throw BrokenPromise("\(outcome)") }
      } else {
        guard case .exhausted = outcome else { throw BrokenPromise("\(outcome)") }
        _ = try await queue.complete(taken.attempt, with: .failure)
      }
    }
    try await queue.submit(.sample("once") { $0.isNeverRetried = true })
    let taken = try #require(try await queue.take())
    guard case .exhausted = try await queue.requeue(taken.attempt) else {
      throw BrokenPromise("no retry is no retry")
    }
  }

  @Test("A job that could not start in time ends as expired and is never run")
  func deadlines() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    for (id, seconds) in [("late", 5), ("soon", 10)] {
      try await queue.submit(.sample(id) { $0.startTimeout = .seconds(seconds) })
    }
    #expect(try await queue.nextStartDeadline() == bench.clock.now + .seconds(5))
    bench.clock.advance(by: .seconds(5))
    #expect(try await queue.take()?.job.id == "soon")
    let late = try #require(try await queue.job("late"))
    #expect(late.statusCode == 504 && late.errorType == "request_timeout" && late.attempts == 0)
    try await queue.submit(.sample("third") { $0.startTimeout = .milliseconds(100) })
    bench.clock.advance(by: .seconds(1))
    #expect(try await queue.expireOverdue() == 1)
    #expect(try await queue.job("soon")?.state == .running)
  }

  @Test(
    "Cancelling removes a waiting job, signals a running one and comes too late for an ended one")
  func cancelling() async throws {
    let queue = try await TestBench().open()
    try await queue.submit(.sample("x"))
    try await queue.submit(.sample("y"))
    guard case .removed(let job) = try await queue.cancel("y") else {
      throw BrokenPromise("it is removed")
    }
    #expect(job.statusCode == 499 && job.errorType == "client_cancelled" && job.attempts == 0)
    let taken = try #require(try await queue.take())
    guard case .requested(let running) = try await queue.cancel("x") else {
      throw BrokenPromise("its worker is told")
    }
    #expect(running.isCancelRequested && running.state == .running)
    guard case .cancelled(let ended) = try await queue.requeue(taken.attempt) else {
      throw BrokenPromise("a cancelled job is not run again")
    }
    #expect(ended.statusCode == 499)
    #expect(try await queue.cancel("x") == .alreadyCompleted(ended))
    #expect(try await queue.cancel("z") == .unknown)
    #expect(try await queue.take() == nil)
  }

  @Test("Log lines keep their order and are read from any line on")
  func logs() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    try await queue.submit(.sample("x"))
    let taken = try #require(try await queue.take())
    let lines = (1...5).map {
      LogLine(
        time: bench.clock.now + .milliseconds($0), level: "INFO", message: "line \($0)\n\u{1F3AC}")
    }
    #expect(try await queue.log(Array(lines[..<2]), of: taken.attempt))
    #expect(try await queue.log(Array(lines[2...]), of: taken.attempt))
    let found = try await queue.logs(of: "x", after: 3)
    #expect(found.map(\.number) == [4, 5] && found.map(\.message) == lines[3...].map(\.message))
    #expect(try await queue.logs(of: "x").map(\.time) == lines.map(\.time))
    #expect(try await queue.logs(of: "x", after: 1, limit: 1).map(\.number) == [2])
    let status = try #require(try await queue.status(of: "x", logsAfter: 0))
    #expect(status.logs.count == 5 && status.job.logCount == 5 && status.position == nil)
    #expect(try await queue.logs(of: "unknown") == [])
  }
}
