internal import KeyreelCore

/// Holds what a run may cost against the pipeline's `budget: {run: …}`.
struct BudgetCheck {
  /// What is wrong, as a sentence; `nil` when the most that the run may cost is covered.
  let problem: OperationError?

  /// Compares the worst price of what is to be made, because a provider may bill up to it.
  init(_ work: PipelineWork, _ forecast: Forecast) {
    let worst = forecast.cost.new.worst
    guard let ceiling = work.documents.first?.budget?.run?.value, worst > ceiling.amount else {
      problem = nil
      return
    }
    problem = OperationError(
      .init("over-budget"),
      "the run may cost up to \(worst) \(forecast.plan.currency), the budget is \(ceiling.amount) "
        + ceiling.currency,
      remedy: "raise `budget.run`, or make fewer or shorter clips")
  }
}
