internal import Synchronization

/// Which running jobs are to be cancelled, so that their workers need not ask the database.
final class CancelWishes: Sendable {
  private let jobs = Mutex<Set<String>>([])

  /// Takes note of what a transaction did.
  func apply(_ wishes: [Effects.Wish]) {
    guard !wishes.isEmpty else { return }
    jobs.withLock { jobs in
      for wish in wishes {
        if wish.stands { jobs.insert(wish.job) } else { jobs.remove(wish.job) }
      }
    }
  }

  /// Whether the job is to be cancelled.
  func contains(_ job: String) -> Bool { jobs.withLock { $0.contains(job) } }
}
