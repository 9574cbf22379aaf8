internal import Execution
internal import FalBackend
internal import KeyreelCore
internal import Reporting
internal import Storage
internal import SystemPackage

/// What a run is about to buy, and what it may spend on it.
struct Spending {
  let plan: Plan
  /// What is to be bought.
  let price: PriceRange
  var clips: Int { bought.count }
  /// The clips that are to be bought.
  let bought: Set<RecipeKey>
  /// Clips that were bought earlier and are only to be collected.
  let collected: Int
  /// Segments of which nobody knows whether they were bought.
  let unknown: [String]
  let ceilings: Ceilings
  let account: FalAccount?
  let storeName: String
  /// Whether the claims on what is bought outlive this machine.
  let isStoreShared: Bool
  /// Held while a month's ceiling counts.
  private let hold: MonthHold?

  /// Looks at what of `plan` is neither in the store nor bought already.
  ///
  /// Who does not buy it himself (`isBuyer`) does not become the one run that spends from the month's
  /// budget.
  init(
    _ work: PipelineWork, _ plan: Plan, _ options: SpendingOptions, isBuyer: Bool = true
  ) throws {
    var price = PriceRange.free
    var bought: Set<RecipeKey> = []
    var collected = 0
    var unknown: [String] = []
    let jobs = plan.backend.isPriced ? plan.clipJobs.filter { $0.lock == nil } : []
    try CommandFailure.atStore { try work.store.lookUp(jobs.map(\.key)) }
    for job in jobs {
      guard try CommandFailure.atStore({ try work.store.receipt(for: job.key) }) == nil else {
        continue
      }
      let isSentAgain = job.uses.contains { options.resubmitted.contains($0.segment) }
      switch try CommandFailure.atStore({ try work.store.openClaim(job.key)?.state }) {
      case .ticketed: collected += 1
      case .unknown where !isSentAgain: unknown.append(job.name.segment)
      default:
        bought.insert(job.key)
        price = price + job.price
      }
    }
    let unpriced = Set(
      work.profiles.filter { $0.price.amount == nil }.map(\.id)
    ).intersection(plan.films.flatMap { $0.segments.map(\.model) })
    self.plan = plan
    self.price = price
    self.bought = bought
    self.collected = collected
    self.unknown = unknown
    account = work.account
    storeName = work.store.address
    isStoreShared = work.store.isShared
    let budget = work.documents.first?.budget
    let isHeld = isBuyer && !bought.isEmpty && budget?.month != nil
    hold = isHeld ? try Self.hold(work.store) : nil
    ceilings = try Ceilings(
      budget, flag: options.ceiling(in: plan.currency), currency: plan.currency,
      backend: plan.backend
    ) {
      try CommandFailure.atStore { try work.store.ledger() }
    }
    if !bought.isEmpty, let ceiling = ceilings.lowest, let model = unpriced.min() {
      throw CommandFailure(
        OperationError(
          .init("over-budget"),
          "\(ceiling.name) cannot be held: nobody knows what clips of \(model) cost",
          remedy: "write the price into the model's profile; nothing was begun"), .overBudget)
    }
  }

  private static func hold(_ store: any ProjectStore) throws -> MonthHold {
    guard let hold = try CommandFailure.atStore({ try store.holdMonth() }) else {
      throw CommandFailure(
        OperationError(
          .busy, "another run spends from this month's budget",
          remedy: "wait for it; two at once could pass `budget.month`", isRetryable: true), .busy)
    }
    return hold
  }

  /// The money of the run.
  func purse(_ profiles: [ModelProfile]) -> Purse {
    Purse(
      ceilings: ceilings.all.map(\.left),
      unitPrices: Dictionary(
        profiles.compactMap { profile in profile.price.amount.map { (profile.id, $0) } },
        uniquingKeysWith: { $1 }))
  }

  /// Sees to it that somebody wants this; throws a ``CommandFailure`` otherwise.
  func authorize(_ options: SpendingOptions, _ context: CommandContext) throws {
    guard clips > 0 else { return }
    let surroundings = context.surroundings
    if surroundings.isContinuousIntegration, !isStoreShared, !options.acceptEphemeralStore {
      throw CommandFailure(
        OperationError(
          .init("ephemeral-store"),
          "this is a CI job, and its store \(storeName) may be lost with the claims on what it buys",
          remedy:
            "use a shared store (--store s3://bucket/prefix), or say --accept-ephemeral-store if this one "
            + "is kept; nothing was begun"), .usage)
    }
    guard !options.yes else { return }
    guard surroundings.isInputTerminal, surroundings.isErrorTerminal else {
      throw CommandFailure(
        OperationError(
          .init("not-confirmed"),
          "the run may cost up to \(Amount(price.worst, plan.currency)), and nobody is here to be asked",
          remedy: "say --yes, and --max-cost for a ceiling; nothing was begun"), .usage)
    }
    context.errors.write(question)
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      throw CommandFailure(
        OperationError(.interrupted, "nothing was bought"), .interrupted)
    }
  }

  /// One screen: what is bought, from whom, for how much, under which ceiling, kept where.
  var question: String {
    let maker =
      plan.backend.isRehearsal ? "\(plan.backend), a rehearsal: nothing is paid" : "\(plan.backend)"
    var lines = [
      "About to buy \(clips) \(clips == 1 ? "clip" : "clips") of \(plan.pipeline)",
      "  from    \(maker)" + (account.map { ", account \($0.key.fingerprint)" } ?? ""),
      "  price   expected \(Amount(price.expected, plan.currency)), at most "
        + "\(Amount(price.worst, plan.currency)) (prices as of \(plan.pricesAsOf))",
    ]
    for ceiling in ceilings.all {
      let left =
        ceiling.left == ceiling.whole ? "" : ", \(Amount(ceiling.left, plan.currency)) left"
      lines.append("  ceiling \(ceiling.name) \(Amount(ceiling.whole, plan.currency))\(left)")
    }
    if let lowest = ceilings.lowest, lowest.left < price.worst {
      lines.append(
        "  note    \(lowest.name) may not cover all of it; the run then stops in between")
    }
    if collected > 0 { lines.append("  beside  \(collected) bought earlier, to be collected") }
    if !unknown.isEmpty {
      lines.append(
        "  unknown \(unknown.joined(separator: ", ")): not sent again; see keyreel reconcile")
    }
    lines.append("  store   \(storeName)")
    let most = min(price.worst, ceilings.lowest?.left ?? price.worst)
    return lines.joined(separator: "\n") + "\nSpend up to \(Amount(most, plan.currency))? [y/N] "
  }
}
