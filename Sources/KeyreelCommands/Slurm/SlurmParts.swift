internal import Execution
internal import KeyreelCore
internal import Slurm

/// Into how many parts a plan is divided for a cluster, and what each may spend.
enum SlurmParts {
  /// Starting costs more than a short clip, so a task makes several.
  private static let clipsPerTask = 8
  /// More tasks wait longer than they help.
  private static let mostTasks = 64

  /// The number of parts without anybody's wish; the same for a plan whatever of it is done.
  static func usual(for plan: Plan) -> Int {
    min(mostTasks, max(1, (plan.clipJobs.count + clipsPerTask - 1) / clipsPerTask))
  }

  /// The number that `jobs` which have not ended were divided by, so that what is submitted beside them
  /// goes with them; `nil` when there are none.
  static func number(of jobs: [SlurmJob]) -> Int? {
    jobs.first { $0.isActive && $0.note.parts != nil }?.note.parts
  }

  /// What each of `parts` may spend at most, so that together they stay below the lowest ceiling;
  /// throws a ``CommandFailure`` when that does not cover the most that they may come to.
  static func ceilings(of parts: [ShardWork], _ spending: Spending) throws -> [Int: String] {
    guard let lowest = spending.ceilings.lowest, spending.clips > 0 else { return [:] }
    let currency = spending.plan.currency
    guard spending.price.worst <= lowest.left else {
      throw CommandFailure(
        OperationError(
          .init("over-budget"),
          "the run may cost up to \(Amount(spending.price.worst, currency)), of \(lowest.name) "
            + "\(Amount(lowest.left, currency)) are left",
          remedy:
            "tasks on many machines cannot share what is left of a ceiling: raise it, or submit "
            + "less; nothing was begun"), .overBudget)
    }
    let shares = parts.map { part in
      (
        part.shard.number,
        part.jobs.filter { spending.bought.contains($0.key) }.reduce(Money.zero) {
          $0 + $1.price.worst
        }
      )
    }
    return Dictionary(
      shares.map { ($0.0, $0.1.decimal) }, uniquingKeysWith: { first, _ in first })
  }
}
