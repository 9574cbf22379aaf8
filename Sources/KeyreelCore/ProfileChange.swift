/// One thing that a provider says otherwise than a model's profile.
public struct ProfileChange: Hashable, Sendable {
  /// What is changed: `price`, or an input by its name.
  public var subject: String
  /// Which of its facts: `amount`, `default`, `minimum`; `new`, `removed` and `left out` for whole inputs.
  public var fact: String
  /// What the profile says; `nil` where it says nothing.
  public var before: String?
  /// What the provider says; `nil` where it says nothing.
  public var after: String?

  /// `fact` of `subject` was `before` and is `after`.
  public init(_ subject: String, _ fact: String, before: String? = nil, after: String? = nil) {
    self.subject = subject
    self.fact = fact
    self.before = before
    self.after = after
  }
}
