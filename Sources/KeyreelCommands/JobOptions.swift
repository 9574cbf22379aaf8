internal import ArgumentParser
internal import Execution

/// Flags of `keyreel export openjd` alone.
struct JobOptions: ParsableArguments {
  /// As many as there are machines at work at once, or a few more; each begins the program once.
  private static let usualShards = 16
  /// A day, in seconds: half of what Deadline Cloud lets a task take by itself.
  private static let usualTimeout = 86_400

  @Option(
    help: ArgumentHelp(
      "For openjd: divide the clips into so many tasks; default: 16, or fewer where there is less.",
      valueName: "n"))
  var shards: Int?

  @Option(
    help: ArgumentHelp(
      "For openjd: seconds that one task may take; default: 86400.", valueName: "seconds"))
  var taskTimeout: Int?

  @Option(
    help: ArgumentHelp(
      "For openjd: the most that one task may spend; default: the price of the plan.",
      valueName: "amount"))
  var maxCost: String?

  /// How long a task may take, in seconds.
  var timeout: Int { taskTimeout ?? Self.usualTimeout }

  /// How many tasks `groups` groups of clips are divided into.
  func shards(for groups: Int) -> Int { shards ?? max(1, min(Self.usualShards, groups)) }

  func validate() throws {
    if let shards, !(1...Shard.mostShards).contains(shards) {
      throw ValidationError("--shards takes a number from 1 to \(Shard.mostShards).")
    }
    if let taskTimeout, !(1...604_800).contains(taskTimeout) {
      throw ValidationError("--task-timeout takes seconds, from 1 to a week's 604800.")
    }
  }

  /// Flags that were given, for a format that has no use for them.
  var given: [String] {
    [
      shards.map { _ in "--shards" }, taskTimeout.map { _ in "--task-timeout" },
      maxCost.map { _ in "--max-cost" },
    ].compactMap(\.self)
  }
}
