import Execution
import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Running a plan")
struct ExecutorTests {
  @Test("Every clip is made once, and a second run makes none")
  func twice() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(6)
    let backend = ScriptedBackend()
    let first = try await bench.executor(backend).run(plan)
    #expect(first.counts == [6, 0, 0, 0])
    #expect(first.status == .success)
    let second = try await bench.executor(backend).run(plan)
    #expect(second.counts == [0, 6, 0, 0])
    #expect(backend.provider.posts.values.allSatisfy { $0 == 1 })
    #expect(second.receipts == first.receipts)
    #expect(backend.provider.mostRunning <= 2)
  }

  @Test("Takes of one recipe are one clip, and each take is told")
  func shared() async throws {
    let bench = try Bench()
    let segment = SamplePlans.segment(
      "a/1", from: SamplePlans.keyframe(0), to: SamplePlans.keyframe(1))
    var twin = segment
    twin.id = "b/1"
    let result = try await bench.executor(ScriptedBackend()).run(SamplePlans.plan([segment, twin]))
    #expect(result.counts == [1, 0, 0, 0])
    #expect(bench.story == ["started a/1", "committed a/1", "reused b/1"])
  }

  @Test("A rendered chain is made in order, each from the last frame before it")
  func rendered() async throws {
    let bench = try Bench()
    let backend = ScriptedBackend()
    let plan = SamplePlans.renderedChain(4)
    let result = try await bench.executor(backend).run(plan)
    #expect(result.counts == [4, 0, 0, 0])
    #expect(backend.provider.mostRunning == 1)
    #expect(
      bench.story.filter { $0.hasPrefix("committed") }
        == (0..<4).map { "committed river/\($0)" })
  }

  @Test(
    "One failure neither stops nor discards the others",
    arguments: [ScriptedBackend.Phase.prepare, .submit, .collect])
  func failure(_ phase: ScriptedBackend.Phase) async throws {
    let bench = try Bench()
    let backend = ScriptedBackend()
    backend.provider.script(phase, "valley/1", .error(trouble()))
    let plan = SamplePlans.chain(5)
    let result = try await bench.executor(backend).run(plan)
    #expect(result.counts == [4, 0, 1, 0])
    #expect(result.status == .runFailed)
    #expect(result.failures.map(\.take.segment) == ["valley/1"])
    let again = try await bench.executor(backend).run(plan)
    #expect(again.counts == [1, 4, 0, 0])
  }

  @Test("What starts from a failed clip is skipped, with the reason")
  func dependants() async throws {
    let bench = try Bench()
    let backend = ScriptedBackend()
    backend.provider.script(.collect, "river/1", .error(trouble()))
    let result = try await bench.executor(backend).run(SamplePlans.renderedChain(4))
    #expect(result.counts == [1, 0, 1, 2])
    #expect(result.skipped.map(\.take.segment) == ["river/2", "river/3"])
    #expect(result.skipped.allSatisfy { $0.reason == "river/1 failed" })
  }

  @Test("What may be repeated for free is repeated")
  func retry() async throws {
    let bench = try Bench()
    let backend = ScriptedBackend()
    let passing = trouble(isRetryable: true)
    backend.provider.script(.prepare, "valley/0", .error(passing), .error(passing))
    backend.provider.script(.collect, "valley/1", .error(passing), .error(passing))
    let refused = SubmissionFailure(.notAccepted, passing)
    backend.provider.script(.submit, "valley/2", .error(refused), .error(refused))
    let result = try await bench.executor(backend).run(SamplePlans.chain(3))
    #expect(result.counts == [3, 0, 0, 0])
    #expect(backend.provider.posts.values.allSatisfy { $0 == 1 })
  }

  @Test("Clips that are not as planned are refused under strict, kept, and never bought again")
  func strict() async throws {
    let bench = try Bench()
    let backend = ScriptedBackend()
    backend.provider.script(.collect, "valley/0", .frames(37))
    let strict = SamplePlans.chain(1, conform: .strict)
    let first = try await bench.executor(backend).run(strict)
    #expect(first.counts == [0, 0, 1, 0])
    let message = try #require(first.failures.first).error.message
    #expect(message.contains("37 frames came, 5 were planned"))
    let second = try await bench.executor(backend).run(strict)
    #expect(second.counts == [0, 0, 1, 0])
    let accepted = try await bench.executor(backend).run(SamplePlans.chain(1))
    #expect(accepted.counts == [0, 1, 0, 0])
    #expect(backend.provider.posts.values.reduce(0, +) == 1)
    #expect(bench.story.contains { $0.hasPrefix("remark valley/0: 37 frames came") })
  }

  @Test("A clip that does not decode is never committed")
  func torn() async throws {
    let bench = try Bench()
    let backend = ScriptedBackend()
    backend.provider.script(.collect, "valley/0", .torn)
    let result = try await bench.executor(backend).run(SamplePlans.chain(2))
    #expect(result.counts == [1, 0, 1, 0])
    #expect(try bench.store().entries().count == 1)
    #expect(try bench.store().verify() == [])
  }

  @Test("A clip that rots in the store is made again")
  func rot() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(2)
    let first = try await bench.executor(ScriptedBackend()).run(plan)
    let receipt = try #require(first.receipts[plan.clipJobs[0].key])
    let path = try bench.store().clip(receipt)
    try TestFile.setMode(0o644, of: path)
    try TestFile.write("bit rot", to: path)
    let second = try await bench.executor(ScriptedBackend()).run(plan)
    #expect(second.counts == [1, 1, 0, 0])
    #expect(try bench.store().verify() == [])
  }

  @Test("A store that is full stops the run, says so, and the next run carries on")
  func full() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(6)
    let full = FailpointStore(
      try bench.store(), at: .commit, .before, count: 3,
      death: .error(OperationError(.diskFull, "the disk is full")))
    let result = try await bench.executor(ScriptedBackend(limit: 1), on: full).run(plan)
    #expect(result.counts == [2, 0, 1, 3])
    #expect(result.status == .storeFailed)
    let next = try await bench.executor(ScriptedBackend()).run(plan)
    #expect(next.counts == [4, 2, 0, 0])
  }

  @Test("Clips that start from one another are skipped, not waited for")
  func cycle() async throws {
    let bench = try Bench()
    let keys = [SamplePlans.recipe(1).key, SamplePlans.recipe(2).key]
    var segments = (0..<2).map { number in
      SamplePlans.segment(
        "knot/\(number)", from: SamplePlans.lastFrame(of: keys[1 - number]),
        to: SamplePlans.keyframe(0))
    }
    for number in 0..<2 { segments[number].takes[0].key = keys[number] }
    let result = try await bench.executor(ScriptedBackend()).run(SamplePlans.plan(segments))
    #expect(result.counts == [0, 0, 0, 2])
    #expect(result.status == .runFailed)
  }
}
