public import KeyreelCore

extension ReportDocument {
  /// What has become of a take.
  public enum State: String, Hashable, Sendable, Codable {
    /// Made in the run that is reported.
    case made
    /// In the store since before.
    case reused
    /// Still to be made.
    case toMake = "to_make"
    /// Made together with an equal one.
    case shared
    /// Bought and to be collected.
    case reserved
    /// Nobody knows whether it was bought.
    case unknown
    /// The run could not make it.
    case failed
    /// The run did not try it.
    case skipped
  }

  /// One clip of a film.
  public struct Segment: Hashable, Sendable, Codable {
    /// Its id, `valley/dawn-noon`.
    public var id: String
    /// The sequence it belongs to.
    public var sequence: String
    /// The endpoint's id.
    public var model: String
    /// What the model is told, where the request has a prompt.
    public var prompt: String?
    /// The whole request but for the pictures, in the model's order.
    public var request: [Parameter]
    /// The keyframe it starts on.
    public var first: String
    /// The keyframe it ends on.
    public var last: String
    /// How both pictures are decided, as canonical JSON.
    public var pictures: [String]
    /// The segment from whose last frame it starts.
    public var startsFrom: String?
    /// 0-based film frame at which it begins.
    public var filmFrame: Int
    /// When that is.
    public var time: String
    /// Frames planned.
    public var frames: Int
    /// Frames per second.
    public var frameRate: FrameRate
    /// Picture size of the clip.
    public var canvas: String
    /// How long it lasts, in seconds.
    public var seconds: String
    /// The candidates in order; exactly one is chosen.
    public var takes: [Take]

    /// One input of the model.
    public struct Parameter: Hashable, Sendable, Codable {
      /// The model's own name.
      public var name: String
      /// What is sent, as it would stand in JSON, text without quotes.
      public var value: String
    }

    /// The take that is in the film; the only one where none is marked.
    public var chosen: Take? { takes.first(where: \.isChosen) ?? takes.first }
  }

  /// One candidate of a segment, with all that is known of its making.
  public struct Take: Hashable, Sendable, Codable {
    /// 1-based number.
    public var number: Int
    /// Whether it is the one in the film.
    public var isChosen: Bool
    /// Its seed; `nil` when the model has none.
    public var seed: Int?
    /// What has become of it.
    public var state: State
    /// Why it is so.
    public var reason: String
    /// Its price.
    public var price: Amount
    /// What it cost, where a clip is there.
    public var cost: Amount?
    /// What was billed, where the provider told.
    public var billed: KeyreelCore.Money?
    /// The clip's name in the store.
    public var key: String
    /// What is known of its clip.
    public var clip: Clip?
    /// Why it failed or was not tried.
    public var failure: FailureRecord?
    /// Frames of the clip in ``ReportMedia``, from its beginning to its end.
    public var stills: [String]
    /// Its file, where the film does not show it.
    public var video: Video?
  }

  /// A clip in the store.
  public struct Clip: Hashable, Sendable, Codable {
    /// Digest of its bytes.
    public var digest: Digest
    /// Its size in bytes.
    public var bytes: Int
    /// Frames that it really has.
    public var frames: Int
    /// Picture size that it really has.
    public var size: String
    /// Who made it, with its origin.
    public var backend: String
    /// The provider's id of the request.
    public var requestId: String?
    /// Tells the account apart that paid; never its key.
    public var account: String?
    /// The seed that was really used, where the provider told.
    public var seed: Int?
    /// Units billed, where the provider told.
    public var billedUnits: String?
    /// When it was asked for, ISO 8601 in UTC.
    public var requested: String?
    /// When it came into the store.
    public var committed: String?
    /// 1-based number of the attempt that it came of.
    public var attempt: Int?
  }
}
