/// What a provider publishes of an endpoint: its price and its inputs, before anybody believes it.
public struct PublishedModel: Hashable, Sendable {
  /// A price as it was published.
  public struct Price: Hashable, Sendable {
    /// What one unit costs, without any multiplier.
    public var amount: Money
    /// What is counted, in the provider's word; `nil` where it is none that is known.
    public var unit: ModelProfile.PriceRule.Unit?
    /// What is counted, in the provider's word.
    public var unitName: String
    /// ISO 4217 code.
    public var currency: String
    /// Where it was read.
    public var source: String

    /// A price of `amount` for each `unitName`.
    public init(
      amount: Money, unit: ModelProfile.PriceRule.Unit?, unitName: String, currency: String,
      source: String
    ) {
      self.amount = amount
      self.unit = unit
      self.unitName = unitName
      self.currency = currency
      self.source = source
    }
  }

  /// An input as it was published; what is `nil` was not said.
  public struct Input: Hashable, Sendable {
    /// The model's own name.
    public var name: String
    /// Its type; `nil` for those that requests of Keyreel do not have: lists, objects.
    public var kind: ModelProfile.Parameter.Kind?
    /// Whether a request must have it.
    public var isRequired: Bool
    /// What the model takes when it is absent.
    public var defaultValue: ParameterValue?
    /// The smallest allowed number.
    public var minimum: Double?
    /// The largest allowed number.
    public var maximum: Double?
    /// The longest allowed text.
    public var maximumLength: Int?
    /// The allowed values, when only some are.
    public var options: [ParameterValue]?
    /// What it is, in the provider's words.
    public var help: String?

    /// The input `name`, of which nothing else is known.
    public init(
      name: String, kind: ModelProfile.Parameter.Kind?, isRequired: Bool = false
    ) {
      self.name = name
      self.kind = kind
      self.isRequired = isRequired
    }
  }

  /// The endpoint's id.
  public var id: String
  /// What a unit costs.
  public var price: Price
  /// Its inputs, in the provider's order.
  public var inputs: [Input]

  /// What is published of `id`.
  public init(id: String, price: Price, inputs: [Input]) {
    self.id = id
    self.price = price
    self.inputs = inputs
  }
}
