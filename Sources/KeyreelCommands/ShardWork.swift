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

  /// Those of `count` shards that have clips to make.
  func work(inShards count: Int) -> [ShardWork] {
    var shardOf: [RecipeKey: Int] = [:]
    for (index, keys) in plan.shardKeys(of: count).enumerated() {
      for key in keys { shardOf[key] = index }
    }
    var jobs = [[ClipJob]](repeating: [], count: count)
    for job in missingClips {
      if let index = shardOf[job.key] { jobs[index].append(job) }
    }
    return zip(Shard.all(of: count), jobs).compactMap { shard, jobs in
      jobs.isEmpty ? nil : ShardWork(shard: shard, jobs: jobs)
    }
  }
}
