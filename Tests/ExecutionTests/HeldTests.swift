import KeyreelCore
import KeyreelTesting
import Synchronization
import Testing

@testable import Execution

@Suite("A maker that refuses the account, or takes no more for now")
struct HeldTests {
  let refusal = SubmissionFailure(
    .notAccepted, OperationError(.tooManyRequests, "queue too long", isRetryable: true))

  func executor(
    _ bench: Bench, _ backend: ScriptedBackend, patience: Int = 30
  ) throws -> PlanExecutor {
    PlanExecutor(
      store: try bench.store(), backend: backend, pictures: ScriptedPictures(),
      inspector: ScriptedInspector(), reporter: bench.reporter,
      options: .init(
        backoff: .none, patience: Backoff(Array(repeating: .milliseconds(1), count: patience))))
  }

  @Test(
    "Nothing more is asked for, and what was accepted is still collected",
    arguments: [OperationError.Code.accountLocked, .badKey])
  func held(_ code: OperationError.Code) async throws {
    let bench = try Bench()
    let backend = ScriptedBackend(
      identity: SamplePlans.paid, limit: 4, provider: ScriptedProvider())
    let locked = SubmissionFailure(.notAccepted, OperationError(code, "User is locked"))
    let plan = SamplePlans.chain(40, price: .free, on: SamplePlans.paid)
    // Three are accepted and go on; every later submission would be refused.
    let isLocked = Signal()
    for number in 0..<3 {
      backend.provider.script(.collect, "valley/\(number)", .call { await isLocked.wait(for: 1) })
    }
    let provider = backend.provider
    backend.provider.script(
      .prepare, "valley/3", .call { while provider.posts.count < 3 { await Task.yield() } })
    for number in 3..<40 {
      backend.provider.script(.submit, "valley/\(number)", .error(locked))
    }
    let run = Task { [bench] in try await executor(bench, backend).run(plan) }
    while !bench.story.contains(where: { $0.hasPrefix("failed") }) { await Task.yield() }
    for _ in 0..<3 { isLocked.give() }
    let result = try await run.value
    #expect(result.counts == [3, 0, 1, 36])
    #expect(result.failures.first?.error.code == code)
    #expect(Set(result.skipped.map(\.reason)).count == 1)
    #expect(result.status == .runFailed)
    let again = try await executor(
      bench, ScriptedBackend(identity: SamplePlans.paid, limit: 4, provider: ScriptedProvider())
    ).run(plan)
    #expect(again.counts == [37, 3, 0, 0])
  }

  @Test("Clips for which there is no room yet are asked for again, each posted once")
  func busy() async throws {
    let bench = try Bench()
    let backend = ScriptedBackend(
      identity: SamplePlans.paid, limit: 16, provider: ScriptedProvider())
    for number in 0..<48 {
      backend.provider.script(
        .submit, "valley/\(number)", .error(refusal), .error(refusal), .error(refusal))
    }
    let result = try await executor(bench, backend)
      .run(SamplePlans.chain(48, on: SamplePlans.paid))
    #expect(result.counts == [48, 0, 0, 0])
    #expect(backend.provider.posts.values.allSatisfy { $0 == 1 })
    // It was halved at least once; what is accepted afterwards raises it again, one by one.
    #expect(backend.provider.mostRunning < 16)
  }

  @Test("Patience has an end, and then the clip fails with the maker's words")
  func impatient() async throws {
    let bench = try Bench()
    let backend = ScriptedBackend(
      identity: SamplePlans.paid, limit: 2, provider: ScriptedProvider())
    backend.provider.script(.submit, "valley/0", .error(refusal), .error(refusal), .error(refusal))
    let result = try await executor(bench, backend, patience: 2)
      .run(SamplePlans.chain(2, on: SamplePlans.paid))
    #expect(result.counts == [1, 0, 1, 0])
    #expect(result.failures.first?.error.message == "queue too long")
  }

  @Test("The limit halves for one cause once, and grows back slowly")
  func adapts() async throws {
    let limit = InFlightLimit(most: 16)
    for _ in 0..<16 { try await limit.enter() }
    for _ in 0..<16 { limit.shrink(for: .zero) }
    #expect(limit.limit == 8)
    for _ in 0..<16 { limit.leave() }
    for _ in 0..<9 { limit.grow() }
    #expect(limit.limit == 9)
    for _ in 0..<500 { limit.grow() }
    #expect(limit.limit == 16)
    #expect(limit.inFlight == 0)
  }

  @Test("Places go to those who came first; who is cancelled takes none; a hold tells all")
  func places() async throws {
    let limit = InFlightLimit(most: 1)
    try await limit.enter()
    let order = Arrivals()
    var waiters: [Task<Void, any Error>] = []
    for number in 0..<6 {
      waiters.append(
        Task {
          try await limit.enter()
          order.note(number)
          limit.leave()
        })
      while limit.waiting < number + 1 { await Task.yield() }
    }
    waiters[2].cancel()
    _ = await waiters[2].result
    limit.leave()
    for waiter in waiters { _ = await waiter.result }
    #expect(order.numbers == [0, 1, 3, 4, 5])
    #expect(limit.inFlight == 0)
    try await limit.enter()
    let late = Task { try await limit.enter() }
    while limit.waiting < 1 { await Task.yield() }
    limit.hold(OperationError(.accountLocked, "locked"))
    await #expect(throws: OperationError.self) { try await late.value }
    await #expect(throws: OperationError.self) { try await limit.enter() }
  }

  @Test("A fair schedule takes sequences in turn, and chains first all the same")
  func fair() {
    var jobs: [ClipJob] = []
    for (sequence, count) in [("a", 4), ("b", 2), ("c", 3)] {
      for number in 0..<count {
        let segment = SamplePlans.segment(
          "\(sequence)/\(number)", from: SamplePlans.keyframe(number),
          to: SamplePlans.keyframe(number + 1), prompt: sequence)
        jobs.append(
          ClipJob(
            name: TakeName(film: "film", segment: segment.id, take: 1), segment: segment,
            take: segment.chosen, backend: SamplePlans.free))
      }
    }
    func names(_ isFair: Bool) -> String {
      var schedule = Schedule(jobs: jobs, limit: 20, isFair: isFair)
      var names: [String] = []
      while let start = schedule.next() { names.append(start.job.name.segment) }
      return names.joined(separator: " ")
    }
    #expect(names(true) == "a/0 b/0 c/0 a/1 b/1 c/1 a/2 c/2 a/3")
    #expect(names(false) == "a/0 a/1 a/2 a/3 b/0 b/1 c/0 c/1 c/2")
  }
}

/// Who came when.
private final class Arrivals: Sendable {
  private let arrived = Mutex<[Int]>([])

  var numbers: [Int] { arrived.withLock(\.self) }

  func note(_ number: Int) { arrived.withLock { $0.append(number) } }
}
