public import KeyreelCore

/// What came of a plan's clips.
public struct ExecutionResult: Sendable {
  /// A take that could not be made, and why.
  public struct Failure: Sendable {
    /// The take.
    public var take: TakeName
    /// Why.
    public var error: OperationError

    /// `take` failed with `error`.
    public init(take: TakeName, error: OperationError) {
      self.take = take
      self.error = error
    }
  }

  /// A take that was not tried, and why.
  public struct Skip: Hashable, Sendable {
    /// The take.
    public var take: TakeName
    /// Why, for people.
    public var reason: String

    /// `take` was left out because of `reason`.
    public init(take: TakeName, reason: String) {
      self.take = take
      self.reason = reason
    }
  }

  /// The receipts of all clips that are there, made or found.
  public var receipts: [RecipeKey: Receipt] = [:]
  /// What could not be made, in the order in which it failed.
  public var failures: [Failure] = []
  /// What was not tried.
  public var skipped: [Skip] = []
  /// Counts and amounts by recipe: equal takes count once.
  public var summary: RunSummary
  /// The clips that the budget did not cover, and those that start from them.
  public var unaffordable: [RecipeKey] = []
  /// What the clips that the budget did not cover would cost.
  public var unaffordablePrice = PriceRange.free
  /// The failure of the store that ended the run early.
  public var storeFailure: OperationError?

  /// Nothing done yet.
  public init(currency: String) { summary = RunSummary(currency: currency) }

  /// Whether every clip is there.
  public var isComplete: Bool { failures.isEmpty && skipped.isEmpty }

  /// What the process should tell its caller, as far as the clips go.
  public var status: ExitStatus {
    // Whether money was spent has to be found out before anything else is mended.
    if failures.contains(where: { $0.error.code == .unknownSubmission }) {
      return .unknownSubmission
    }
    if storeFailure != nil { return .storeFailed }
    if summary.wasInterrupted { return .interrupted }
    if !unaffordable.isEmpty { return .overBudget }
    if isComplete { return .success }
    return failures.allSatisfy { $0.error.code == .busy } && !failures.isEmpty ? .busy : .runFailed
  }
}
