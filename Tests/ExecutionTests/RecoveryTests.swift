import Execution
import KeyreelCore
import KeyreelTesting
import Storage
import Testing

@Suite("Nothing is paid for twice and nothing paid for is lost")
struct RecoveryTests {
  /// Every write of a clip's making, both before it happens and after.
  static let deaths = FailpointStore.Step.allCases.flatMap { step in
    FailpointStore.Moment.allCases.map { (step, $0) }
  }

  @Test("A local maker's run that dies at any write is carried on by the next", arguments: deaths)
  func local(_ step: FailpointStore.Step, _ moment: FailpointStore.Moment) async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(4)
    let dying = FailpointStore(
      try bench.store(), at: step, moment, count: 2, death: .error(trouble(.inputOutput)))
    let first = try await bench.executor(ScriptedBackend(limit: 1), on: dying).run(plan)
    #expect(dying.hasDied)
    #expect(first.status == .storeFailed)
    let before = try bench.store().entries().count
    let second = try await bench.executor(ScriptedBackend()).run(plan)
    #expect(second.counts == [4 - before, before, 0, 0])
    #expect(try bench.store().verify() == [])
  }

  @Test("A remote maker's run that dies at any write never posts twice", arguments: deaths)
  func remote(_ step: FailpointStore.Step, _ moment: FailpointStore.Moment) async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(4, price: .some, on: SamplePlans.paid)
    let provider = ScriptedProvider()
    func maker() -> ScriptedBackend {
      ScriptedBackend(identity: SamplePlans.paid, limit: 1, provider: provider)
    }
    let dying = FailpointStore(
      try bench.store(), at: step, moment, count: 2, death: .error(trouble(.inputOutput)))
    _ = try await bench.executor(maker(), on: dying).run(plan)
    let second = try await bench.executor(maker()).run(plan)
    #expect(provider.posts.values.allSatisfy { $0 == 1 })
    // Only an intent without a ticket needs a person's decision; all else is carried on.
    let isUnknown = (step == .begin && moment == .after) || (step == .accept && moment == .before)
    #expect(second.status == (isUnknown ? .unknownSubmission : .success))
    #expect(second.summary.failed == (isUnknown ? 1 : 0))
    if isUnknown {
      let error = try #require(second.failures.first).error
      #expect(error.remedy?.contains("keyreel reconcile") == true)
    }
    #expect(try bench.store().verify() == [])
  }

  @Test("A submission of unknown outcome is never sent again")
  func unknown() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(2, price: .some, on: SamplePlans.paid)
    let backend = ScriptedBackend(identity: SamplePlans.paid, provider: ScriptedProvider())
    backend.provider.script(
      .submit, "valley/0",
      .acceptThenThrow(SubmissionFailure(.unknown, trouble(isRetryable: true))))
    for _ in 0..<3 {
      let result = try await bench.executor(backend).run(plan)
      #expect(result.status == .unknownSubmission)
      #expect(result.receipts.count == 1)
    }
    #expect(backend.provider.posts.values.allSatisfy { $0 == 1 })
    #expect(try bench.store().openClaims().map(\.state) == [.unknown(attempt: 1)])
  }

  @Test("A paid clip whose fetching fails is fetched by the next run, not bought again")
  func fetching() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(1, price: .some, on: SamplePlans.paid)
    let backend = ScriptedBackend(identity: SamplePlans.paid, provider: ScriptedProvider())
    backend.provider.script(.collect, "valley/0", .error(trouble()), .torn)
    #expect(try await bench.executor(backend).run(plan).counts == [0, 0, 1, 0])
    #expect(try await bench.executor(backend).run(plan).counts == [0, 0, 1, 0])
    let third = try await bench.executor(backend).run(plan)
    #expect(third.counts == [1, 0, 0, 0])
    #expect(third.summary.spent == .some)
    #expect(backend.provider.posts.values.reduce(0, +) == 1)
  }

  @Test("A request that the model failed ends its attempt, and the next run may send another")
  func modelFailure() async throws {
    let bench = try Bench()
    let plan = SamplePlans.chain(1, price: .some, on: SamplePlans.paid)
    let backend = ScriptedBackend(identity: SamplePlans.paid, provider: ScriptedProvider())
    backend.provider.script(.collect, "valley/0", .error(trouble(.generationFailed)))
    #expect(try await bench.executor(backend).run(plan).status == .runFailed)
    #expect(try bench.store().openClaims() == [])
    #expect(try await bench.executor(backend).run(plan).status == .success)
    #expect(backend.provider.posts.values.reduce(0, +) == 2)
  }
}

extension PriceRange {
  /// The price of a clip of eight seconds.
  static let some = PriceRange(
    expected: Money(nanos: 266_400_000), worst: Money(nanos: 299_700_000))
}
