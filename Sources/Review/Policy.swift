public import KeyreelCore

/// What a project allows its plans: ceilings on money, models and makers, and what must be fixed.
public struct Policy: Hashable, Sendable {
  /// What happens when a rule does not hold.
  public enum Level: String, Hashable, Sendable, CaseIterable {
    /// It is told.
    case warn
    /// It is told, and nothing is run.
    case deny
  }

  /// One rule, with its place in the policy's file.
  public struct Rule<Value: Hashable & Sendable>: Hashable, Sendable {
    /// What is allowed.
    public var value: Value
    /// What happens when it does not hold.
    public var level: Level
    /// Where the rule stands.
    public var span: SourceSpan

    /// A rule that allows `value`.
    public init(_ value: Value, _ level: Level, at span: SourceSpan) {
      self.value = value
      self.level = level
      self.span = span
    }
  }

  /// How much more than the plan before a plan may cost; both limits hold where both are given.
  public struct Increase: Hashable, Sendable {
    /// In money.
    public var amount: PipelineDocument.Price?
    /// In thousandths of a percent of the plan before.
    public var millipercent: Int?

    /// At most these.
    public init(amount: PipelineDocument.Price?, millipercent: Int?) {
      self.amount = amount
      self.millipercent = millipercent
    }
  }

  /// The policy's file as the user named it.
  public var file: String
  /// The most that everything planned may come to, made or not.
  public var maxTotal: Rule<PipelineDocument.Price>?
  /// The most that a change may add to it.
  public var maxIncrease: Rule<Increase>?
  /// The most that all takes of one segment may come to.
  public var maxSegment: Rule<PipelineDocument.Price>?
  /// The only models that may be used.
  public var models: Rule<[String]>?
  /// The only makers of clips, as kinds (`fal`) or with their origin (`fal@queue.fal.run`).
  public var backends: Rule<[String]>?
  /// Whether every seed must be written in the pipeline.
  public var lockedSeeds: Rule<Bool>?
  /// Whether every still on the web must have its digest.
  public var pinnedURLs: Rule<Bool>?
  /// Whether every model must have a price.
  public var knownPrices: Rule<Bool>?

  /// A policy that allows everything.
  public init(file: String) { self.file = file }
}
