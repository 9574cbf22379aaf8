import Execution
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("Plans are divided into shards")
struct ShardTests {
  @Test("Every clip is in exactly one shard, with all that it is made from", arguments: 0..<40)
  func division(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let plan = RandomRunTests.plan(&random)
    let jobs = plan.clipJobs
    for count in [1, 2, 3, 7] {
      var owner: [RecipeKey: Int] = [:]
      for shard in Shard.all(of: count) {
        for key in plan.keys(of: shard) {
          #expect(owner[key] == nil, "a clip is in one shard alone")
          owner[key] = shard.number
        }
      }
      #expect(Set(owner.keys) == Set(jobs.map(\.key)), "no clip is left out")
      for job in jobs {
        for need in job.needs { #expect(owner[need] == owner[job.key], "chains stay together") }
      }
      for shard in Shard.all(of: count) {
        let part = plan.restricted(to: plan.keys(of: shard))
        #expect(Set(part.clipJobs.map(\.key)) == plan.keys(of: shard))
      }
    }
  }

  @Test("A shard is written as 2/5")
  func words() {
    #expect(Shard("2/5").map { [$0.number, $0.count] } == [2, 5])
    #expect(Shard("2/5")?.description == "2/5")
    for text in ["", "1", "0/3", "4/3", "1/0", "1/10001", "a/b", "1/2/3", "-1/2"] {
      #expect(Shard(text) == nil, "\(text)")
    }
  }
}
