import Execution
import KeyreelCore
import KeyreelTesting
import Storage
import Testing

@Suite("Runs that meet in one store")
struct SharedStoreTests {
  @Test("Two runs at once make each clip once, and both have all")
  func together() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(12)
    let makers = [ScriptedBackend(), ScriptedBackend()]
    let results = try await withThrowingTaskGroup(of: ExecutionResult.self) { group in
      for maker in makers {
        let executor = try bench.executor(maker)
        group.addTask { await executor.run(plan) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0.status == .success && $0.receipts.count == 12 })
    #expect(results.reduce(0) { $0 + $1.summary.made } == 12)
    for key in plan.clipJobs.map(\.key) {
      #expect(makers.reduce(0) { $0 + ($1.provider.posts[key] ?? 0) } == 1)
    }
  }

  @Test("A clip that another run makes is told, left for last, and waited for")
  func waiting() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(3)
    let store = try bench.store()
    let job = plan.clipJobs[0]
    let owner = try await bench.store().claim(job.recipe, waits: false)
    let backend = ScriptedBackend(limit: 1)
    // The other run lets go when this one has made all else.
    backend.provider.script(.collect, "valley/2", .call { owner.release() })
    let result = try await bench.executor(backend, on: store).run(plan)
    #expect(result.counts == [3, 0, 0, 0])
    #expect(
      bench.story == [
        "waiting valley/0", "started valley/1", "committed valley/1", "started valley/2",
        "committed valley/2", "started valley/0", "committed valley/0",
      ])
  }

  @Test("A run that may not wait fails as busy and makes the rest")
  func notWaiting() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(3)
    let owner = try await bench.store().claim(plan.clipJobs[1].recipe, waits: false)
    defer { owner.release() }
    let result = try await bench.executor(ScriptedBackend(), waits: false).run(plan)
    #expect(result.counts == [2, 0, 1, 0])
    #expect(result.status == .busy)
  }

  @Test("A stopped run keeps what is finished, ends local work, and the next run carries on")
  func stopped() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(4)
    let backend = ScriptedBackend(limit: 2)
    let executor = try bench.executor(backend)
    let reached = Signal()
    backend.provider.script(.collect, "valley/1", .call { await reached.giveAndHang() })
    backend.provider.script(.collect, "valley/3", .call { await reached.giveAndHang() })
    let run = Task { await executor.run(plan) }
    await reached.wait(for: 2)
    run.cancel()
    let result = await run.value
    #expect(result.summary.wasInterrupted)
    #expect(result.status == .interrupted)
    #expect(result.counts == [2, 0, 0, 2])
    #expect(backend.provider.cancelledTickets.count == 2)
    let next = try await bench.executor(ScriptedBackend()).run(plan)
    #expect(next.counts == [2, 2, 0, 0])
  }

  @Test("A run that waits for another can be stopped")
  func stoppedWhileWaiting() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(1)
    let owner = try await bench.store().claim(plan.clipJobs[0].recipe, waits: false)
    defer { owner.release() }
    let executor = try bench.executor(ScriptedBackend())
    let run = Task { await executor.run(plan) }
    run.cancel()
    let result = await run.value
    #expect(result.status == .interrupted)
    #expect(result.counts == [0, 0, 0, 1])
  }
}
