internal import Execution
internal import KeyreelCore
internal import Reporting

/// What is left to make of one shard.
struct ShardWork {
  let shard: Shard
  /// The clips that are not there, in film order.
  let jobs: [ClipJob]

  /// What they may come to.
  var price: PriceRange { jobs.reduce(.free) { $0 + $1.price } }

  /// As a build server's matrix has it.
  var row: ShardMatrix.Row {
    ShardMatrix.Row(
      shard: "\(shard)", clips: jobs.count, frames: jobs.reduce(0) { $0 + $1.segment.frames },
      cost: price.expected)
  }
}

extension Forecast {
  /// The clips that a run would make.
  var missingClips: [ClipJob] {
    let takes = plan.films.flatMap(\.segments).flatMap(\.takes)
    let missing = Set(
      zip(steps.joined().joined(), takes).filter { $0.0.action == .generate }.map(\.1.key))
    return plan.clipJobs.filter { missing.contains($0.key) }
  }

  /// Those of `shards` that have clips to make.
  func work(in shards: [Shard]) -> [ShardWork] {
    let missing = missingClips
    return shards.compactMap { shard in
      let keys = plan.keys(of: shard)
      let jobs = missing.filter { keys.contains($0.key) }
      return jobs.isEmpty ? nil : ShardWork(shard: shard, jobs: jobs)
    }
  }
}
