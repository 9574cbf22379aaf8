extension Explanation {
  /// Codes of the page's part “Policies”.
  static let policies: [Explanation] = [
    .init(
      "KR0701", "The plan may cost more than `max_total`.",
      "Make fewer or shorter clips, or have the policy raised."),
    .init(
      "KR0702", "The change adds more than `max_increase` allows.",
      "Split the change, or have the policy raised."),
    .init(
      "KR0703", "A segment with all its takes may cost more than `max_segment`.",
      "Shorten it, or make fewer takes."),
    .init(
      "KR0704", "A model is used that `models` does not list.",
      "Use one of those named."),
    .init(
      "KR0705", "Clips would be made by a backend that `backends` does not list.",
      "Use one of those named."),
    .init(
      "KR0706", "A segment has no `seed` of its own, and `locked_seeds` wants one.",
      "Write the seed that is suggested."),
    .init(
      "KR0707", "A still on the web has no `sha256`.",
      "Run `keyreel fetch --pin`."),
    .init(
      "KR0708", "Nobody knows the price of a model, and `known_prices` wants it.",
      "Put a profile with its price into the models folder."),
    .init(
      "KR0709", "Policy and plan count in different currencies.",
      "Write the policy in the plan's."),
    .init(
      "KR0710", "A saved plan does not say whether a rule holds.",
      "Name the pipeline instead."),
    .init(
      "KR0720", "A policy has no such key.",
      "Use the key that is suggested."),
    .init(
      "KR0721", "A rule of a policy has a wrong value.",
      "Write what the message asks for."),
    .init(
      "KR0722", "The version of a policy is missing.",
      "Begin the file with `keyreel_policy: 1`."),
    .init(
      "KR0723", "The version of a policy is unknown.",
      "Write `keyreel_policy: 1`."),
  ]
}
