import FalQueue
import KeyreelTesting
import Testing

@Suite("Any order of calls keeps the queue's promises")
struct ScheduleTests {
  /// A queue and its model, going the same way.
  private struct Run {
    let bench: TestBench
    var queue: JobQueue
    var model = QueueModel()
    var random: SplitMix
    var attempts: [Attempt] = []

    init(seed: UInt64) async throws {
      bench = try TestBench()
      queue = try await bench.open()
      random = SplitMix(seed: seed)
    }

    mutating func step() async throws {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<6: try await accept()
      case 6..<11: try await take()
      case 11..<14: try await complete()
      case 14: try await requeue()
      case 15, 16: try await cancel()
      case 17, 18: try await log()
      default: try await reopen()
      }
      bench.clock.advance(by: .milliseconds(Int.random(in: 0...20, using: &random)))
    }

    mutating func accept() async throws {
      let owner = ["ann", "bob", "cid"].randomElement(using: &random) ?? "ann"
      let priority: JobPriority = Int.random(in: 0..<4, using: &random) == 0 ? .low : .normal
      let job = try await queue.submit(.sample(owner: owner) { $0.priority = priority })
      model.entries.append(.init(id: job.id, owner: owner, priority: priority))
    }

    mutating func take() async throws {
      let expected = model.take()
      let taken = try await queue.take()
      try #require(taken?.job.id == expected?.id)
      try #require(taken?.attempt.number == expected?.attempts)
      if let taken { attempts.append(taken.attempt) }
    }

    /// Any attempt ever begun, and its job if it is the current one.
    mutating func anyAttempt() -> (attempt: Attempt, current: Int?)? {
      guard let attempt = attempts.randomElement(using: &random),
        let index = model.index(of: attempt.jobID)
      else { return nil }
      let entry = model.entries[index]
      let isCurrent = entry.state == .running && entry.attempts == attempt.number
      return (attempt, isCurrent ? index : nil)
    }

    mutating func complete() async throws {
      guard let (attempt, index) = anyAttempt() else { return }
      let ending = Bool.random(using: &random) ? JobEnding.success : .failure
      let outcome = try await queue.complete(attempt, with: ending)
      try #require((outcome == .stale) == (index == nil))
      if let index { model.end(index, ending.statusCode) }
    }

    mutating func requeue() async throws {
      guard let (attempt, index) = anyAttempt() else { return }
      let outcome = try await queue.requeue(attempt)
      guard let index else { return try #require(outcome == .stale) }
      switch outcome {
      case .requeued: model.entries[index].state = .queued
      case .cancelled: model.end(index, 499)
      case .exhausted: try #require(model.entries[index].attempts == 10)
      case .stale: throw BrokenPromise("the current attempt is not stale")
      }
    }

    mutating func cancel() async throws {
      guard let index = model.entries.indices.randomElement(using: &random) else { return }
      let outcome = try await queue.cancel(model.entries[index].id)
      switch (outcome, model.entries[index].state) {
      case (.removed, .queued): model.end(index, 499)
      case (.requested, .running): model.entries[index].isCancelRequested = true
      case (.alreadyCompleted, .completed): break
      default: throw BrokenPromise("\(outcome)")
      }
    }

    mutating func log() async throws {
      guard let (attempt, index) = anyAttempt() else { return }
      let texts = (0..<Int.random(in: 1...3, using: &random)).map { "\($0) of \(attempt.number)" }
      let now = bench.clock.now
      let isKept = try await queue.log(
        texts.map { LogLine(time: now, level: "INFO", message: $0) }, of: attempt)
      try #require(isKept == (index != nil))
      if let index { model.entries[index].logs += texts }
    }

    mutating func reopen() async throws {
      try await queue.close()
      queue = try await bench.open()
      model.crash()
    }
  }

  @Test(
    "Each accepted job ends exactly once, in a fair order", arguments: 1...24 as ClosedRange<UInt64>
  )
  func schedules(seed: UInt64) async throws {
    var run = try await Run(seed: seed)
    for _ in 0..<120 { try await run.step() }
    try await run.model.check(run.queue)
    while true {
      try await run.take()
      guard let attempt = run.attempts.last, let index = run.model.index(of: attempt.jobID),
        run.model.entries[index].state == .running
      else { break }
      _ = try await run.queue.complete(attempt, with: .success)
      run.model.end(index, 200)
    }
    try await run.reopen()
    try await run.model.check(run.queue)
  }

  @Test("Workers, clients and cancellers at once end every job exactly once")
  func concurrent() async throws {
    let queue = try await TestBench().open()
    let clients = 200
    let ended = try await withThrowingTaskGroup(of: [String].self) { group in
      for worker in 0..<6 { group.addTask { try await Self.work(queue, worker) } }
      for client in 0..<clients {
        group.addTask {
          let job = try await queue.submit(.sample("j\(client)", owner: "o\(client % 5)"))
          if client % 7 == 0 { _ = try await queue.cancel(job.id) }
          let ended = try #require(try await queue.completion(of: job.id))
          return ended.errorType == "client_cancelled" ? [ended.id] : []
        }
      }
      // The clients are the first to be done: workers go on until the queue is closed.
      var ended: [String] = []
      for _ in 0..<clients { ended += try await group.next() ?? [] }
      #expect(try await queue.integrityProblems() == [])
      try await queue.close()
      return try await group.reduce(into: ended) { $0 += $1 }
    }
    #expect(ended.count == clients && Set(ended).count == clients)
    #expect(queue.readerCount == 0)
  }

  /// Works until the queue is closed; returns what it ended well.
  private static func work(_ queue: JobQueue, _ worker: Int) async throws -> [String] {
    var random = SplitMix(seed: UInt64(worker))
    var ended: [String] = []
    var signals = queue.workSignals().makeAsyncIterator()
    repeat {
      while let taken = try? await queue.take() {
        if Int.random(in: 0..<5, using: &random) == 0,
          case .requeued = try await queue.requeue(taken.attempt)
        {
          continue
        }
        let outcome = try await queue.complete(taken.attempt, with: .success)
        if case .completed(let job) = outcome { ended.append(job.id) }
      }
    } while await signals.next() != nil
    return ended
  }
}
