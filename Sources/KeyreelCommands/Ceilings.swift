internal import FoundationEssentials
internal import KeyreelCore
internal import Storage

/// What a run may spend at most: `budget.run`, `budget.month` and `--max-cost`, the lowest deciding.
struct Ceilings {
  /// One of them.
  struct Ceiling {
    /// What the author calls it.
    let name: String
    /// What it allows this run.
    let left: Money
    /// Where some of it is spent already: what it was.
    let whole: Money
  }

  let all: [Ceiling]
  let currency: String

  /// The ceilings of `document` and the flag; the month's is held against `ledger`.
  ///
  /// What may have been billed this month counts as spent, at its worst price.
  init(
    _ budget: PipelineDocument.Budget?, flag: Money?, currency: String, backend: BackendIdentity,
    ledger: () throws -> [LedgerEntry]
  ) throws {
    var all: [Ceiling] = []
    if let run = budget?.run?.value.amount {
      all.append(Ceiling(name: "budget.run", left: run, whole: run))
    }
    if let month = budget?.month?.value.amount {
      let now = Self.month(Date().ISO8601Format())
      let spent = try ledger().filter {
        Self.month($0.begun) == now && Self.counts($0, for: backend)
      }
      .reduce(Money.zero) { $0 + $1.worst }
      all.append(Ceiling(name: "budget.month", left: max(.zero, month - spent), whole: month))
    }
    if let flag { all.append(Ceiling(name: "--max-cost", left: flag, whole: flag)) }
    self.all = all
    self.currency = currency
  }

  /// Rehearsals spend none of a month's money, but have a month of their own; damaged records count.
  private static func counts(_ entry: LedgerEntry, for backend: BackendIdentity) -> Bool {
    entry.recipe.map { $0.backend.isRehearsal == backend.isRehearsal } ?? true
  }

  private static func month(_ time: String) -> Substring { time.prefix(7) }

  /// The one that decides; `nil` where there is none.
  var lowest: Ceiling? { all.min { $0.left < $1.left } }
}
