import Execution
import KeyreelCore
import KeyreelTesting
import Storage
import Testing

@Suite("Random runs")
struct RandomRunTests {
  @Test("Whatever fails, every clip is posted once, innocents are made, and a last run completes")
  func random() async throws {
    for seed in 0..<12 {
      var generator = SplitMix(seed: UInt64(seed))
      try await trial(&generator)
    }
  }

  private func trial(_ generator: inout SplitMix) async throws {
    let bench = try Bench()
    let plan = Self.plan(&generator)
    let jobs = plan.clipJobs
    let provider = ScriptedProvider()
    let faulty = jobs.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
    for job in faulty {
      let phase = [ScriptedBackend.Phase.prepare, .collect].randomElement(using: &generator)
      provider.script(phase ?? .collect, job.name.segment, .error(trouble()))
    }
    let limit = Int.random(in: 1...4, using: &generator)
    func backend() -> ScriptedBackend {
      ScriptedBackend(identity: SamplePlans.paid, limit: limit, provider: provider)
    }
    let first = try await bench.executor(backend()).run(plan)
    let guilty = Set(faulty.map(\.key))
    var innocent: Set<RecipeKey> = []
    for job in jobs where !guilty.contains(job.key) && job.needs.allSatisfy(innocent.contains) {
      innocent.insert(job.key)
    }
    #expect(Set(first.receipts.keys) == innocent)
    #expect(first.failures.count == faulty.filter { $0.needs.allSatisfy(innocent.contains) }.count)
    #expect(first.counts.reduce(0, +) == jobs.count)
    #expect(provider.mostRunning <= limit)
    // A clip that was not tried still has its fault before it; each run gets past one.
    var last = first
    for _ in 0..<jobs.count where !last.isComplete {
      last = try await bench.executor(backend()).run(plan)
    }
    #expect(last.status == .success)
    #expect(provider.posts.count == jobs.count)
    #expect(provider.posts.values.allSatisfy { $0 == 1 })
    #expect(try bench.store().verify() == [])
  }

  static func plan(_ generator: inout SplitMix) -> Plan {
    var segments: [Segment] = []
    for number in 0..<Int.random(in: 1...8, using: &generator) {
      var first = SamplePlans.keyframe(number)
      if let parent = segments.randomElement(using: &generator), Bool.random(using: &generator) {
        first = SamplePlans.lastFrame(of: parent.chosen.key)
      }
      segments.append(
        SamplePlans.segment(
          "s/\(number)", from: first, to: SamplePlans.keyframe(number + 1), price: .some,
          on: SamplePlans.paid))
    }
    return SamplePlans.plan(segments, on: SamplePlans.paid)
  }
}
