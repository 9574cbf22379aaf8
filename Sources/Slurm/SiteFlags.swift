internal import KeyreelCore

/// The flags that a site wants, `--partition=gpu --gpus=1`, which are handed to sbatch as they are.
public struct SiteFlags: Sendable {
  /// Those of the jobs that make clips.
  public let clips: [String]
  /// Those of the job that joins them: what stands behind a second `--`, else the same.
  public let film: [String]

  /// Takes `words` apart; throws for flags by which jobs would not be found again.
  public init(_ words: [String]) throws {
    let parts = words.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)
      .map(Array.init)
    clips = parts.first ?? []
    film = parts.count == 2 ? parts[1] : clips
    for word in clips + film {
      guard let name = Self.reserved(word) else { continue }
      throw OperationError(
        .unsupported, "\(name) is what keyreel submit itself tells sbatch",
        remedy: Self.remedies[name] ?? "leave it out")
    }
  }

  private static func reserved(_ word: String) -> String? {
    if word.hasPrefix("--") {
      let name = String(word.prefix { $0 != "=" })
      // sbatch takes the beginnings of its long flags for the whole, where they are clear.
      return long.first { $0 == name || (name.count > 4 && $0.hasPrefix(name)) }
    }
    guard word.hasPrefix("-"), let letter = word.dropFirst().first else { return nil }
    return short[letter]
  }

  private static let long = [
    "--array", "--chdir", "--clusters", "--comment", "--dependency", "--error", "--help", "--hold",
    "--input", "--job-name", "--no-requeue", "--open-mode", "--output", "--parsable", "--requeue",
    "--test-only", "--usage", "--version", "--wait", "--wrap",
  ]

  private static let short: [Character: String] = [
    "a": "--array", "D": "--chdir", "M": "--clusters", "d": "--dependency", "e": "--error",
    "h": "--help", "H": "--hold", "i": "--input", "J": "--job-name", "o": "--output",
    "V": "--version", "W": "--wait",
  ]

  private static let remedies = [
    "--array": "say --tasks for the number of tasks, --at-once for how many may run at once",
    "--clusters": "set SLURM_CLUSTERS, which all of Slurm's commands heed",
    "--wait": "say --wait before the --",
    "--job-name": "keyreel jobs finds jobs by their names",
    "--comment": "keyreel jobs finds jobs by their comments",
  ]
}
