public import KeyreelCore

/// One of several runs that share the work on a plan: `2/5` is the second of five.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
  /// 1-based.
  public let number: Int
  /// How many there are.
  public let count: Int

  /// The most shards that a plan is divided into; arrays of batch systems are seldom longer.
  public static let mostShards = 10_000

  /// The shard `number` of `count`; `nil` unless 1 ≤ number ≤ count ≤ ``mostShards``.
  public init?(number: Int, of count: Int) {
    guard (1...Self.mostShards).contains(count), (1...count).contains(number) else { return nil }
    self.number = number
    self.count = count
  }

  /// Reads `2/5`; `nil` for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else {
      return nil
    }
    self.init(number: number, of: count)
  }

  /// All shards of `count`.
  public static func all(of count: Int) -> [Shard] {
    (1...max(1, count)).compactMap { Shard(number: $0, of: count) }
  }

  /// `2/5`.
  public var description: String { "\(number)/\(count)" }
}

extension Plan {
  /// The clips of a shard: every clip is in exactly one, and the same plan gives the same shards anywhere.
  ///
  /// What is made one from another stays together, and so do the takes of a segment. The heaviest groups
  /// are given out first, each to the shard with the fewest frames so far.
  public func keys(of shard: Shard) -> Set<RecipeKey> {
    shardKeys(of: shard.count)[shard.number - 1]
  }

  /// The clips of each of `count` shards, in the order of their numbers; see ``keys(of:)``.
  public func shardKeys(of count: Int) -> [Set<RecipeKey>] {
    struct Load: Comparable {
      var frames: Int
      var index: Int

      static func < (left: Load, right: Load) -> Bool {
        (left.frames, left.index) < (right.frames, right.index)
      }
    }
    var loads = MinHeap<Load>()
    for index in 0..<count { loads.insert(Load(frames: 0, index: index)) }
    var keys = [Set<RecipeKey>](repeating: [], count: count)
    let groups = clipGroups.enumerated().sorted { left, right in
      (right.element.frames, left.offset) < (left.element.frames, right.offset)
    }
    for (_, group) in groups {
      guard var load = loads.popFirst() else { continue }
      keys[load.index].formUnion(group.keys)
      load.frames += group.frames
      loads.insert(load)
    }
    return keys
  }

  /// How many clips or groups of clips there are that a machine of its own could make.
  public var groupCount: Int { clipGroups.count }

  /// The plan with those segments alone whose clips are among `keys`; its films are not for stitching.
  public func restricted(to keys: Set<RecipeKey>) -> Plan {
    var plan = self
    for index in plan.films.indices {
      plan.films[index].segments.removeAll { segment in
        !segment.takes.contains { keys.contains($0.key) }
      }
    }
    return plan
  }

  /// Clips that belong together, in film order.
  private var clipGroups: [(keys: [RecipeKey], frames: Int)] {
    let jobs = clipJobs
    var leader: [RecipeKey: RecipeKey] = [:]
    func find(_ key: RecipeKey) -> RecipeKey {
      var key = key
      while let next = leader[key], next != key { key = next }
      return key
    }
    func join(_ one: RecipeKey, _ other: RecipeKey) { leader[find(other)] = find(one) }
    for job in jobs { for need in job.needs { join(need, job.key) } }
    for segment in films.flatMap(\.segments) {
      for take in segment.takes.dropFirst() { join(segment.takes[0].key, take.key) }
    }
    var order: [RecipeKey] = []
    var groups: [RecipeKey: (keys: [RecipeKey], frames: Int)] = [:]
    for job in jobs {
      let first = find(job.key)
      if groups[first] == nil { order.append(first) }
      var group = groups[first] ?? ([], 0)
      group.keys.append(job.key)
      group.frames += job.segment.frames
      groups[first] = group
    }
    return order.compactMap { groups[$0] }
  }
}
