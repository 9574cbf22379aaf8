public import KeyreelCore

/// All that a report of a plan or a run tells, before it is laid out as HTML, Markdown, JSON or XML.
///
/// Described by `schemas/report.schema.json`. Pictures and videos are named here and carried beside
/// it in ``ReportMedia``, so that the same document serves every form.
public struct ReportDocument: Hashable, Sendable, Codable {
  /// The version of the format that this program writes.
  public static let currentVersion = 1

  /// The version of the format.
  public var formatVersion: Int
  /// The program's version.
  public var tool: String
  /// The pipeline file, relative to the project root.
  public var pipeline: String
  /// Digest of the pipeline file's bytes.
  public var pipelineDigest: Digest
  /// Who makes the clips.
  public var backend: String
  /// What kind of maker that is.
  public var maker: Maker
  /// ISO 4217 code of all amounts.
  public var currency: String
  /// The day of the oldest price used.
  public var pricesAsOf: String
  /// The money of all films.
  public var money: Money
  /// The films in plan order.
  public var films: [Film]
  /// Runs that made something of this plan, or tried to, the latest first.
  public var runs: [Run]
  /// What somebody who decides has to know.
  public var warnings: [Warning]

  /// Whether clips cost money.
  public enum Maker: String, Hashable, Sendable, Codable {
    /// Free previews made on this machine.
    case animatic
    /// A stand-in for a paid maker; nothing is paid.
    case rehearsal
    /// Clips cost money.
    case paid
  }

  /// An amount as it is expected and as it may become.
  public struct Amount: Hashable, Sendable, Codable {
    /// If the provider bills what was asked for.
    public var expected: KeyreelCore.Money
    /// If the provider bills the most that the profile allows for.
    public var upperBound: KeyreelCore.Money

    /// The amount of `price`.
    public init(_ price: PriceRange) {
      expected = price.expected
      upperBound = price.worst
    }

    /// Whether there is nothing to pay, whatever happens.
    public var isZero: Bool { upperBound == .zero && expected == .zero }
  }

  /// Money by what has become of it.
  public struct Money: Hashable, Sendable, Codable {
    /// Of all clips of the plan, made or not.
    public var planned: Amount
    /// Of what a run would still buy.
    public var toPay: Amount
    /// Paid for the clips of this plan: bills, or what was expected where nobody tells.
    public var spent: Amount
    /// Bought and not collected yet.
    public var reserved: Amount
    /// What may have been billed without anybody knowing.
    public var unknown: Amount
    /// Of clips that are in the store and need not be bought again.
    public var saved: Amount
    /// Of all clips at the models' list prices, whoever makes them.
    public var listPrice: Amount
  }

  /// A remark that has to be seen.
  public struct Warning: Hashable, Sendable, Codable {
    /// A diagnostic's code, or a kebab-case word.
    public var code: String
    /// One or more sentences.
    public var message: String
    /// File and line, `film.yaml:12`, where there is one.
    public var place: String?
    /// What to do about it.
    public var remedy: String?

    /// A warning told in `message`.
    public init(code: String, message: String, place: String? = nil, remedy: String? = nil) {
      self.code = code
      self.message = message
      self.place = place
      self.remedy = remedy
    }
  }
}
