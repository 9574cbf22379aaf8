import Execution
import Glibc
import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("kill -9 in the middle")
struct KillTests {
  @Test(
    "The next run carries on from any write, and uses nothing half written",
    arguments: FailpointStore.Step.allCases, FailpointStore.Moment.allCases)
  func killed(_ step: FailpointStore.Step, _ moment: FailpointStore.Moment) async throws {
    let bench = try Bench()
    let folder = bench.folder.string
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [
        folder = folder as String, step = step as FailpointStore.Step,
        moment = moment as FailpointStore.Moment
      ] in
      let dying = FailpointStore(
        try DirectoryStore(at: FilePath(folder)), at: step, moment, count: 2,
        death: .call { kill(getpid(), SIGKILL) })
      let executor = PlanExecutor(
        store: dying, backend: ScriptedBackend(limit: 2), pictures: ScriptedPictures(),
        inspector: ScriptedInspector(), reporter: RecordingReporter())
      _ = await executor.run(SamplePlans.chain(4))
    }
    let before = try bench.store().entries().count
    let result = try await bench.executor(ScriptedBackend()).run(SamplePlans.chain(4))
    #expect(result.counts == [4 - before, before, 0, 0])
    #expect(try bench.store().verify() == [])
  }
}
