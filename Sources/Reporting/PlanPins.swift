/// What a saved plan holds fast beside the plan itself, so that whatever moves can be named.
public struct PlanPins: Hashable, Sendable {
  /// One thing that is held.
  public struct Pin: Hashable, Sendable {
    /// What it is called: a field's path, a file.
    public var name: String
    /// What it is.
    public var value: String

    /// `name` is `value`.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A model's profile.
  public struct Model: Hashable, Sendable {
    /// The endpoint's id.
    public var id: String
    /// All that decides requests and prices, leaf by leaf.
    public var profile: [Pin]

    /// The profile of the model `id`.
    public init(id: String, profile: [Pin]) {
      self.id = id
      self.profile = profile
    }
  }

  /// The program that makes the plan, `keyreel 0.1.0`.
  public var madeBy: String
  /// What the pipeline's text says, leaf by leaf.
  public var fields: [Pin]
  /// SHA-256 of every file that the pipeline names.
  public var sources: [Pin]
  /// The profiles of the models used.
  public var models: [Model]

  /// Holds these fast.
  public init(madeBy: String, fields: [Pin], sources: [Pin], models: [Model]) {
    self.madeBy = madeBy
    self.fields = fields
    self.sources = sources
    self.models = models
  }
}
