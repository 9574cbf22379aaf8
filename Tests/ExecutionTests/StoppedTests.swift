import Execution
import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Runs that cannot go on")
struct StoppedTests {
  @Test("A paid clip whose run is stopped while it is made is collected by the next run")
  func paid() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(2, price: .some, on: SamplePlans.paid)
    let backend = ScriptedBackend(identity: SamplePlans.paid, provider: ScriptedProvider())
    let executor = try bench.executor(backend)
    let reached = Signal()
    backend.provider.script(.collect, "valley/0", .call { await reached.giveAndHang() })
    backend.provider.script(.collect, "valley/1", .call { await reached.giveAndHang() })
    let run = Task { await executor.run(plan) }
    await reached.wait(for: 2)
    run.cancel()
    let result = await run.value
    #expect(result.status == .interrupted)
    #expect(backend.provider.cancelledTickets.isEmpty)
    #expect(try bench.store().openClaims().count == result.summary.skipped)
    #expect(result.summary.leftToCollect == result.summary.skipped)
    let next = try await bench.executor(backend).run(plan)
    #expect(next.status == .success)
    #expect(backend.provider.posts.values.allSatisfy { $0 == 1 })
  }

  @Test(
    "A run with nothing to do needs only to read",
    .enabled(if: SmallDisk.isPossible, "mounting a small disk needs the rights to mount"))
  func readOnly() async throws {
    let disk = try SmallDisk()
    let folder = disk.path.appending("store")
    let bench = try Bench()
    let plan = SamplePlans.chain(3)
    _ = try await bench.executor(ScriptedBackend(), on: DirectoryStore(at: folder)).run(plan)
    try disk.makeReadOnly()
    let store = try DirectoryStore(at: folder)
    let idle = try await bench.executor(ScriptedBackend(), on: store).run(plan)
    #expect(idle.counts == [0, 3, 0, 0])
    let busy = try await bench.executor(ScriptedBackend(), on: store).run(SamplePlans.chain(5))
    #expect(busy.status == .storeFailed)
    #expect(busy.receipts.count == 3)
    #expect(busy.storeFailure?.message.contains("read-only") == true)
  }

  @Test(
    "Clips that are there are not among those that a full disk kept from being made",
    .enabled(if: SmallDisk.isPossible, "mounting a small disk needs the rights to mount"))
  func present() async throws {
    let disk = try SmallDisk()
    let folder = disk.path.appending("store")
    let bench = try Bench()
    let plan = SamplePlans.chain(6)
    let backend = ScriptedBackend(limit: 1)
    let made = try await bench.executor(backend, on: DirectoryStore(at: folder)).run(plan)
    let keys = plan.films[0].segments.map(\.chosen.key)
    _ = try DirectoryStore(at: folder).gc(keeping: Set(made.receipts.keys).subtracting([keys[0]]))
    let store = try DirectoryStore(at: folder)
    backend.provider.script(.submit, "valley/0", .call { try? disk.fill() })
    let result = try await bench.executor(backend, on: store).run(plan)
    #expect(result.counts == [0, 5, 1, 0])
    #expect(result.status == .storeFailed)
    #expect(result.storeFailure?.remedy?.contains("free some space") == true)
    #expect(result.storeFailure?.remedy?.contains("reconcile") == false)
  }

  @Test(
    "A disk that fills up ends the run with what is finished, and the next run carries on",
    .enabled(if: SmallDisk.isPossible, "mounting a small disk needs the rights to mount"))
  func full() async throws {
    let disk = try SmallDisk()
    let folder = disk.path.appending("store")
    let bench = try Bench()
    let plan = SamplePlans.chain(6)
    let backend = ScriptedBackend(limit: 1)
    backend.provider.script(.submit, "valley/2", .call { try? disk.fill() })
    let store = try DirectoryStore(at: folder)
    let result = try await bench.executor(backend, on: store).run(plan)
    #expect(result.status == .storeFailed)
    #expect(result.storeFailure?.code == .diskFull)
    #expect(result.counts == [2, 0, 1, 3])
    try disk.makeRoom()
    let next = try await bench.executor(ScriptedBackend(), on: store).run(plan)
    #expect(next.counts == [4, 2, 0, 0])
    #expect(try store.verify() == [])
  }
}
