public import KeyreelCore

/// Says what a run would do now: the plan against what the store holds.
public struct Forecaster: Sendable {
  /// A forecaster.
  public init() {}

  /// What happens to every take of `plan`, and why, when the store holds what `snapshot` says.
  public func forecast(_ plan: Plan, snapshot: StoreSnapshot) -> Forecast {
    var made: [RecipeKey: String] = [:]
    var firsts: Set<RecipeKey> = []
    var steps: [[[Forecast.Step]]] = []
    var filmCosts: [Forecast.Cost] = []
    var total = Forecast.Cost()
    var listPrice = PriceRange.free
    for film in plan.films {
      var cost = Forecast.Cost()
      var filmSteps: [[Forecast.Step]] = []
      filmSteps.reserveCapacity(film.segments.count)
      for segment in film.segments {
        filmSteps.append(
          segment.takes.map { take in
            let judge = TakeJudge(plan: plan, film: film, segment: segment, take: take)
            let step = judge.step(snapshot, &made)
            if step.lock != nil, !firsts.insert(take.key).inserted { return step }
            firsts.insert(take.key)
            cost.add(take.price, step.action, isBought: snapshot.bought.contains(take.key))
            if step.action != .shared { listPrice = listPrice + take.listPrice }
            return step
          })
      }
      steps.append(filmSteps)
      filmCosts.append(cost)
      total.add(cost)
    }
    return Forecast(
      plan: plan, steps: steps, filmCosts: filmCosts, cost: total, listPrice: listPrice)
  }
}

extension Forecast.Cost {
  fileprivate mutating func add(
    _ price: PriceRange, _ action: Forecast.Action, isBought: Bool
  ) {
    switch action {
    // What is bought and on its way costs nothing more, as what is there.
    case .generate where isBought: reused = reused + price
    case .generate: new = new + price
    case .reuse, .locked: reused = reused + price
    case .shared: return
    }
    planned = planned + price
  }

  fileprivate mutating func add(_ other: Forecast.Cost) {
    planned = planned + other.planned
    new = new + other.new
    reused = reused + other.reused
  }
}

/// Decides about one take.
private struct TakeJudge {
  let plan: Plan
  let film: FilmPlan
  let segment: Segment
  let take: Take

  /// `made` holds who first asked for each key of this plan.
  func step(_ snapshot: StoreSnapshot, _ made: inout [RecipeKey: String]) -> Forecast.Step {
    if let lock = segment.lock {
      made[take.key] = made[take.key] ?? name
      let standing = standing(of: lock, snapshot)
      return Forecast.Step(.locked, reason: Self.reason(standing), lock: standing)
    }
    if let owner = made[take.key] {
      return Forecast.Step(.shared, reason: "same recipe as \(owner)")
    }
    made[take.key] = name
    if snapshot.committed.contains(take.key) {
      return Forecast.Step(.reuse, reason: "in the store")
    }
    if snapshot.bought.contains(take.key) {
      return Forecast.Step(.generate, reason: "bought, to be collected")
    }
    if snapshot.unknown.contains(take.key) {
      return Forecast.Step(
        .generate, reason: "nobody knows whether it is bought: keyreel reconcile")
    }
    let remembered = StoreSnapshot.segmentName(
      film: film.name, segment: segment.id, take: take.number)
    guard let last = snapshot.lastRecipes[remembered] else {
      return Forecast.Step(.generate, reason: "new")
    }
    let now = segment.recipe(for: take, on: plan.backend)
    let changes = RecipeDifference(from: last, to: now, segment: segment).phrases
    return Forecast.Step(
      .generate,
      reason: changes.isEmpty ? "no longer in the store" : changes.joined(separator: ", "))
  }

  /// A locked clip beside what is there, and beside what the pipeline says now.
  private func standing(of lock: SegmentLock, _ snapshot: StoreSnapshot) -> LockStanding {
    guard let receipt = snapshot.locked[lock.clip.key] else {
      return LockStanding(
        clip: lock.clip, presence: .missing, changes: lock.isMoved ? ["its recipe"] : [])
    }
    var changes: [String] = []
    if lock.isMoved {
      if lock.clip.take != lock.planned.number {
        changes.append("take \(lock.clip.take) → \(lock.planned.number)")
      }
      changes +=
        RecipeDifference(
          from: receipt.recipe, to: segment.recipe(for: lock.planned, on: plan.backend),
          segment: segment
        ).phrases
    }
    return LockStanding(
      clip: lock.clip, presence: lock.clip.isClip(of: receipt) ? .kept : .other,
      changes: changes)
  }

  private static func reason(_ lock: LockStanding) -> String {
    switch lock.presence {
    case .missing: "locked, but its clip is not in the store"
    case .other: "locked, but the store has another clip"
    case .kept where lock.changes.isEmpty: "locked"
    case .kept: "locked; since then: " + lock.changes.joined(separator: ", ")
    }
  }

  /// `valley/dawn-noon`, with the film where there are several and the take where there are several.
  private var name: String {
    (plan.films.count > 1 ? "\(film.name): " : "") + segment.id
      + (segment.takes.count > 1 ? " take \(take.number)" : "")
  }
}
