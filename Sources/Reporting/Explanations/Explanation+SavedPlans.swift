extension Explanation {
  /// Codes of the page's part “Saved plans”.
  static let savedPlans: [Explanation] = [
    .init(
      "KR0511", "A saved plan no longer fits and is refused.",
      "Plan again and review that; `keyreel diff` shows what would change."),
    .init(
      "KR0512", "A field of the pipeline, or its text, is not as it was planned.",
      "Put it back, or plan again."),
    .init(
      "KR0513", "A picture, clip or sound has other bytes than the plan was made with.",
      "Put the file back, or plan again."),
    .init(
      "KR0514", "The profile of a model, such as its price, is not as it was planned.",
      "Look at the new price, and plan again."),
    .init(
      "KR0515", "The plan is for another maker of clips.",
      "Use `--backend` as it was planned, or plan again."),
    .init(
      "KR0516",
      "Planning gives something else than the file says: another version's defaults, or a file changed by hand.",
      "Plan again."),
    .init(
      "KR0517", "There are more differences than are shown.",
      "Plan again."),
  ]
}
