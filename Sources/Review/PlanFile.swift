public import FalProtocol
public import KeyreelCore

/// A plan as its file says it, known to have all members that reviews and runs look at.
///
/// Saved plans and plans made now are compared in this one form, so that nothing can be in one of them
/// and out of sight.
public struct PlanFile: Hashable, Sendable {
  /// Everything that the file says.
  public let tree: JSONValue
  /// The pipeline file, relative to the project root.
  public let pipeline: String
  /// `kind@origin` of the maker of clips.
  public let backend: String
  /// The program that made the plan; empty when the file does not say.
  public let madeBy: String
  /// ISO 4217 code of all amounts.
  public let currency: String
  /// Of everything planned, made or not.
  public let cost: PriceRange
  /// Of what was not in the store when the plan was made.
  public let unpaid: PriceRange
  /// Of everything at the models' list prices.
  public let listPrice: PriceRange
  /// The films.
  public let films: [Film]

  /// Why bytes are no plan that this program reads.
  public enum Problem: Error, Hashable, Sendable {
    /// The bytes are no JSON, or a member is missing or of the wrong kind.
    case broken(String)
    /// The plan has another format version.
    case version(String)
  }

  /// A film of a plan.
  public struct Film: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Frames of the film.
    public var frames: Int
    /// Frames per second.
    public var frameRate: FrameRate
    /// The clips to generate.
    public var segments: [Segment]
    /// The cut list, a piece for each stretch of the film.
    public var pieces: [Piece]
    /// Everything else that decides the film.
    public var fields: FlatFields
  }

  /// A clip to generate.
  public struct Segment: Hashable, Sendable {
    /// `<sequence>/<from>-<to>`, or the author's own.
    public var id: String
    /// The sequence it belongs to.
    public var sequence: String
    /// The endpoint's id.
    public var model: String
    /// Planned frames.
    public var frames: Int
    /// The candidates.
    public var takes: [Take]
    /// All that decides the clip.
    public var fields: FlatFields
  }

  /// A candidate of a segment.
  public struct Take: Hashable, Sendable {
    /// 1-based number.
    public var number: Int
    /// The clip's name in the store.
    public var key: String
    /// What it costs to generate on the plan's backend.
    public var price: PriceRange
    /// Whether it is the one in the film.
    public var isChosen: Bool
    /// What a run would have done with it when the plan was made.
    public var action: Forecast.Action
  }

  /// A stretch of the film.
  public struct Piece: Hashable, Sendable {
    /// The segment's id, or the sequence's name.
    public var label: String
    /// What it shows, whatever it is called.
    public var content: String
    /// Holds, joins and what else decides how it is shown.
    public var fields: FlatFields
    /// Whether it is a generated clip.
    public var isClip: Bool
  }

  /// What the file holds fast of the pipeline's text and of the files that it names.
  public var pins: (fields: FlatFields, sources: FlatFields) {
    func texts(_ value: JSONValue?) -> FlatFields {
      FlatFields(
        value?.objectValue?.members.compactMap { member in
          member.value.stringValue.map { FlatFields.Field(member.key, $0) }
        } ?? [])
    }
    return (texts(tree["pipeline"]?["fields"]), texts(tree["sources"]))
  }

  /// Reads a plan; throws a ``Problem`` that says what is wrong with it.
  public init(reading bytes: some Sequence<UInt8>) throws(Problem) {
    let tree: JSONValue
    do { tree = try JSONValue(parsing: bytes) } catch {
      throw .broken("it is no JSON: \(error)")
    }
    try self.init(tree)
  }

  /// Reads a plan that is parsed already.
  public init(_ tree: JSONValue) throws(Problem) {
    self.tree = tree
    let reader = PlanMember(tree, "")
    let version = try reader.integer("format_version")
    guard version == Plan.formatVersion else { throw .version(String(version)) }
    pipeline = try reader.member("pipeline").text("path")
    backend = try reader.text("backend")
    madeBy = tree["made_by"]?.stringValue ?? ""
    let cost = try reader.member("cost")
    currency = try cost.text("currency")
    self.cost = try cost.price("expected", "upper_bound")
    unpaid = try cost.price("new", "new_upper_bound")
    listPrice = try reader.member("list_price").price("expected", "upper_bound")
    films = try reader.list("films").mapping(PlanFileReader.film)
  }
}
