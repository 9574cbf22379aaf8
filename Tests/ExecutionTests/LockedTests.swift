import Execution
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("Locked clips")
struct LockedTests {
  @Test("A locked clip is found or refused, and never made")
  func neverMade() async throws {
    let bench = try Bench()
    let backend = ScriptedBackend()
    var plan = SamplePlans.chain(2)
    let made = try await bench.executor(backend).run(plan)
    let posts = backend.provider.posts.values.reduce(0, +)
    let key = plan.films[0].segments[0].chosen.key
    let clip = try #require(made.receipts[key]).digest
    func lock(_ key: RecipeKey, _ clip: Digest) -> ClipLock {
      ClipLock(
        film: plan.films[0].name, segment: plan.films[0].segments[0].id, backend: plan.backend,
        take: 1, seed: 7, key: key, clip: clip, frames: 5)
    }
    let sound = lock(key, clip)
    let (missing, other) = (lock(RecipeKey(Digest.of("gone")), clip), lock(key, Digest.of("other")))
    // The pipeline says something else now.
    plan.films[0].segments[0].request["prompt"] = .string("storm")
    let untouched = plan
    for (lock, counts) in [
      (sound, [0, 2, 0, 0]), (missing, [0, 1, 1, 0]), (other, [0, 1, 1, 0]),
    ] {
      plan = untouched
      plan.films[0].segments[0].keep(lock)
      let result = try await bench.executor(backend).run(plan)
      #expect(result.counts == counts)
      #expect(result.failures.allSatisfy { $0.error.code == .lockedClipMissing })
      #expect(backend.provider.posts.values.reduce(0, +) == posts)
    }
  }
}
