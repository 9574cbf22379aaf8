/// What the store holds of a plan's clips, at one instant.
public struct StoreSnapshot: Hashable, Sendable {
  /// Keys with a committed clip.
  public var committed: Set<RecipeKey>
  /// Keys of clips that are bought and only to be collected.
  public var bought: Set<RecipeKey>
  /// Keys of clips of which nobody knows whether they are bought.
  public var unknown: Set<RecipeKey>
  /// The recipe last made for each segment of this pipeline, by ``segmentName(film:segment:take:)``.
  public var lastRecipes: [String: Recipe]
  /// Receipts of the locked clips that are there.
  public var locked: [RecipeKey: Receipt]

  /// A snapshot of these clips.
  public init(
    committed: Set<RecipeKey> = [], bought: Set<RecipeKey> = [], unknown: Set<RecipeKey> = [],
    lastRecipes: [String: Recipe] = [:], locked: [RecipeKey: Receipt] = [:]
  ) {
    self.locked = locked
    self.committed = committed
    self.bought = bought
    self.unknown = unknown
    self.lastRecipes = lastRecipes
  }

  /// The name under which a take's recipe is remembered.
  public static func segmentName(film: String, segment: String, take: Int) -> String {
    "\(film)|\(segment)|\(take)"
  }
}

/// What a run would do now: the plan against a snapshot of the store.
///
/// Never hashed into the plan.
public struct Forecast: Hashable, Sendable {
  /// What happens to one take.
  public enum Action: String, Hashable, Sendable, Codable {
    /// It is made, and paid for where the backend is paid.
    case generate
    /// It is in the store already.
    case reuse
    /// An earlier take of this plan has the same recipe and is made for both.
    case shared
    /// It is locked: the clip in the store is used, whatever the recipe says, and none is ever made.
    case locked
  }

  /// What happens to one take, and why.
  public struct Step: Hashable, Sendable {
    /// What happens.
    public var action: Action
    /// Why, for people: `prompt changed`, `new`, `in the store`.
    public var reason: String
    /// How its lock stands, where it has one.
    public var lock: LockStanding?

    /// `action`, because of `reason`.
    public init(_ action: Action, reason: String, lock: LockStanding? = nil) {
      self.action = action
      self.reason = reason
      self.lock = lock
    }
  }

  /// Money by what is done for it.
  public struct Cost: Hashable, Sendable {
    /// Of everything in the plan that is not shared, made or not.
    public var planned: PriceRange
    /// Of what is still to be made.
    public var new: PriceRange
    /// Of what is in the store already.
    public var reused: PriceRange

    /// Nothing.
    public init() {
      planned = .free
      new = .free
      reused = .free
    }
  }

  /// The plan.
  public var plan: Plan
  /// By film, by segment, by take, in plan order.
  public var steps: [[[Step]]]
  /// By film, in plan order.
  public var filmCosts: [Cost]
  /// Of all films.
  public var cost: Cost
  /// Of all films at the models' list prices, whatever the backend.
  public var listPrice: PriceRange

  /// A forecast for `plan`.
  public init(
    plan: Plan, steps: [[[Step]]], filmCosts: [Cost], cost: Cost, listPrice: PriceRange
  ) {
    self.plan = plan
    self.steps = steps
    self.filmCosts = filmCosts
    self.cost = cost
    self.listPrice = listPrice
  }
}
