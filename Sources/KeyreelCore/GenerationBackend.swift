public import SystemPackage

/// All that a backend needs to make one clip.
public struct GenerationOrder: Sendable {
  /// What people call the segment, for messages.
  public var label: String
  /// All that decides what the clip shows.
  public var recipe: Recipe
  /// The picture it starts on, in the canvas's size.
  public var first: FittedPicture
  /// The picture it ends on, in the canvas's size.
  public var last: FittedPicture

  /// An order for the clip of `recipe`.
  public init(label: String, recipe: Recipe, first: FittedPicture, last: FittedPicture) {
    self.label = label
    self.recipe = recipe
    self.first = first
    self.last = last
  }
}

/// A provider's promise to make a clip; durable before anyone waits for it.
public struct Ticket: Hashable, Sendable, Codable {
  /// The provider's id of the request.
  public var id: String
  /// The endpoint that it was sent to.
  public var endpoint: String
  /// Who gave it.
  public var backend: BackendIdentity
  /// Tells the account apart that pays; never its key.
  ///
  /// `nil` where there are no accounts.
  public var account: String?

  /// The ticket `id` from `backend`.
  public init(id: String, endpoint: String, backend: BackendIdentity, account: String? = nil) {
    self.id = id
    self.endpoint = endpoint
    self.backend = backend
    self.account = account
  }
}

/// How far a clip has come.
public enum GenerationProgress: Hashable, Sendable {
  /// Waiting, with so many requests before it where known.
  case queued(position: Int?)
  /// Being made: frames done of all.
  case rendering(done: Int, of: Int)
  /// Being fetched: bytes received of all, where known.
  case downloading(bytes: Int, of: Int?)
}

/// A clip as a backend delivered it, before inspection.
public struct GeneratedClip: Hashable, Sendable {
  /// The seed that was really used, where the provider tells.
  public var seed: Int?
  /// Units billed, where the provider tells, as a decimal.
  public var billedUnits: String?

  /// A delivered clip.
  public init(seed: Int? = nil, billedUnits: String? = nil) {
    self.seed = seed
    self.billedUnits = billedUnits
  }
}

/// A maker of clips between two pictures.
///
/// Implementers of *local* makers do the work in ``collect(_:into:progress:)`` and keep what
/// ``submit(_:)`` was given in memory; their tickets die with the process, which they say with
/// ``ticketsSurviveProcess``. Implementers of *remote* makers post in ``submit(_:)``, exactly once, and
/// throw a ``SubmissionFailure``, which says whether the request may have been accepted.
public protocol GenerationBackend: Sendable {
  /// Who it is, with its origin.
  var identity: BackendIdentity { get }
  /// How many clips it is worth working on at once.
  var concurrencyLimit: Int { get }
  /// Whether a ticket can be collected by a later process.
  var ticketsSurviveProcess: Bool { get }

  /// Does what may be repeated for free (uploads); called before the durable intent is written.
  func prepare(_ order: GenerationOrder) async throws -> PreparedOrder

  /// Asks for the clip, once. The intent is durable before, the ticket is made durable right after.
  func submit(_ prepared: PreparedOrder) async throws -> Ticket

  /// Waits for the clip of `ticket` and writes it to `file`; may be called again for the same ticket.
  ///
  /// Throws ``OperationError/Code/ticketLost`` when the backend no longer knows the ticket.
  func collect(
    _ ticket: Ticket, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> GeneratedClip

  /// Gives up on `ticket` as far as the provider allows; never throws, because nothing depends on it.
  func cancel(_ ticket: Ticket) async
}

/// An order whose pictures are where the backend needs them.
public struct PreparedOrder: Sendable {
  /// The order.
  public var order: GenerationOrder
  /// The whole input as it will be sent, canonical JSON; kept with the intent.
  public var input: String

  /// `order`, to be sent as `input`.
  public init(order: GenerationOrder, input: String) {
    self.order = order
    self.input = input
  }
}

/// What is known of a request after a failed ``GenerationBackend/submit(_:)``.
public struct SubmissionFailure: Error, Sendable {
  /// Whether the provider may have taken the request.
  public enum Outcome: String, Hashable, Sendable, Codable {
    /// It provably never arrived or was refused; another attempt is safe.
    case notAccepted
    /// Nobody knows; never sent again without the author's word.
    case unknown
  }

  /// Whether the provider may have taken the request.
  public var outcome: Outcome
  /// What went wrong.
  public var error: OperationError
  /// How long the provider asks to be left alone; only with `tooManyRequests`.
  public var retryAfter: Duration?

  /// A failed submission.
  public init(_ outcome: Outcome, _ error: OperationError, retryAfter: Duration? = nil) {
    self.outcome = outcome
    self.error = error
    self.retryAfter = retryAfter
  }
}
