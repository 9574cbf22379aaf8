/// What changes from one plan to another: the rows of a review.
///
/// Everything is in the order of the new plan; what only the old one has stands where it was.
public struct PlanDiff: Hashable, Sendable {
  /// The plan before.
  public var old: Side
  /// The plan after.
  public var new: Side
  /// What changes about the whole plan: the maker of clips, models and their prices.
  public var changes: [Change]
  /// The films, those of the new plan first.
  public var films: [Film]

  /// The way from `old` to `new`.
  public init(old: Side, new: Side, changes: [Change], films: [Film]) {
    self.old = old
    self.new = new
    self.changes = changes
    self.films = films
  }

  /// One of the two plans, summed up.
  public struct Side: Hashable, Sendable {
    /// What the user called it: a file, or `main:film.yaml`.
    public var name: String
    /// `kind@origin` of the maker of clips.
    public var backend: String
    /// Whether its clips have prices.
    public var isPriced: Bool
    /// ISO 4217 code of all amounts.
    public var currency: String
    /// Frames of all films.
    public var frames: Int
    /// Length of all films.
    public var length: Duration
    /// Of everything planned, made or not.
    public var cost: PriceRange
    /// Of what is not in the store.
    public var unpaid: PriceRange
    /// Of everything at the models' list prices, whatever the backend.
    public var listPrice: PriceRange

    /// A plan summed up.
    public init(
      name: String, backend: String, isPriced: Bool, currency: String, frames: Int,
      length: Duration, cost: PriceRange, unpaid: PriceRange, listPrice: PriceRange
    ) {
      self.name = name
      self.backend = backend
      self.isPriced = isPriced
      self.currency = currency
      self.frames = frames
      self.length = length
      self.cost = cost
      self.unpaid = unpaid
      self.listPrice = listPrice
    }
  }

  /// What became of a part of the plan.
  public enum Status: String, Hashable, Sendable, CaseIterable {
    /// Only the new plan has it.
    case added
    /// Only the old plan has it.
    case removed
    /// Both have it, and it differs.
    case changed
    /// Both have the same.
    case unchanged
  }

  /// A value that differs.
  public struct Change: Hashable, Sendable {
    /// The field's path: `request.prompt`, `pictures.first.still`.
    public var field: String
    /// The value before; `nil` when there was none.
    public var old: String?
    /// The value after; `nil` when there is none.
    public var new: String?

    /// `field` from `old` to `new`.
    public init(_ field: String, from old: String?, to new: String?) {
      self.field = field
      self.old = old
      self.new = new
    }
  }

  /// A film of either plan.
  public struct Film: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// What became of it.
    public var status: Status
    /// What differs beside sequences and segments: holds, joins, sound, outputs.
    public var changes: [Change]
    /// The sequences.
    public var sequences: [Sequence]
    /// The segments.
    public var segments: [Segment]

    /// A film of these rows.
    public init(
      name: String, status: Status, changes: [Change], sequences: [Sequence], segments: [Segment]
    ) {
      self.name = name
      self.status = status
      self.changes = changes
      self.sequences = sequences
      self.segments = segments
    }
  }

  /// A sequence of either plan.
  public struct Sequence: Hashable, Sendable {
    /// Its name in the newest plan that has it.
    public var name: String
    /// Its name in the old plan, when it was renamed.
    public var oldName: String?
    /// What became of it.
    public var status: Status
    /// 1-based places in the old and the new film, when it stands elsewhere among its neighbours.
    public var move: Move?

    /// From one place in the film to another.
    public struct Move: Hashable, Sendable {
      /// 1-based place before.
      public var from: Int
      /// 1-based place after.
      public var to: Int

      /// A move between 1-based places.
      public init(from: Int, to: Int) {
        self.from = from
        self.to = to
      }
    }

    /// A sequence called `name`.
    public init(name: String, oldName: String? = nil, status: Status, move: Move? = nil) {
      self.name = name
      self.oldName = oldName
      self.status = status
      self.move = move
    }
  }

  /// A segment of either plan.
  public struct Segment: Hashable, Sendable {
    /// Its id in the newest plan that has it.
    public var id: String
    /// Its id in the old plan, when it was renamed.
    public var oldID: String?
    /// What became of it.
    public var status: Status
    /// What differs.
    public var changes: [Change]
    /// Its state in the old plan; `nil` when it is added.
    public var old: Weight?
    /// Its state in the new plan; `nil` when it is removed.
    public var new: Weight?
    /// Whether all takes of the new plan are in the store, so that nothing is paid.
    public var isReused: Bool

    /// What counts of a segment.
    public struct Weight: Hashable, Sendable {
      /// Planned frames of the clip.
      public var frames: Int
      /// Price of all takes.
      public var cost: PriceRange

      /// Frames and price.
      public init(frames: Int, cost: PriceRange) {
        self.frames = frames
        self.cost = cost
      }
    }

    /// A segment of these parts.
    public init(
      id: String, oldID: String? = nil, status: Status, changes: [Change] = [], old: Weight?,
      new: Weight?, isReused: Bool
    ) {
      self.id = id
      self.oldID = oldID
      self.status = status
      self.changes = changes
      self.old = old
      self.new = new
      self.isReused = isReused
    }
  }

  /// All segments of all films.
  public var segments: [Segment] { films.flatMap(\.segments) }

  /// Whether both plans make the same films.
  public var isEmpty: Bool {
    changes.isEmpty
      && films.allSatisfy { film in
        film.status == .unchanged && film.changes.isEmpty
          && film.sequences.allSatisfy {
            $0.status == .unchanged && $0.oldName == nil && $0.move == nil
          }
          && film.segments.allSatisfy { $0.status == .unchanged && $0.oldID == nil }
      }
  }
}
