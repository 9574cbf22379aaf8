/// What the author wrote, each field with its place in the file; no defaults are filled in.
///
/// One document describes one film: a file with `variants` is loaded as one document per
/// combination, with `$(vars)` already put in and ``variant`` set.
public struct PipelineDocument: Hashable, Sendable {
  /// Path of the pipeline file relative to the project root.
  public var path: String
  /// The file as the user named it, for diagnostics.
  public var displayPath: String
  /// Digest of the file's bytes.
  public var digest: Digest
  /// The film's name without a variant suffix; default: the file's name without its ending.
  public var name: String
  /// The suffix of this combination of variants, such as `watercolour-seed2`.
  public var variant: String?
  /// The maker of clips.
  public var backend: Written<String>?
  /// Ceilings on money.
  public var budget: Budget?
  /// Settings of all segments, the top-level `prompt:` included.
  public var defaults: Settings
  /// The table of named keyframes, in order.
  public var keyframes: [NamedKeyframe]
  /// The sequences, in film order.
  public var sequences: [Sequence]
  /// What the film is to be.
  public var film: Film
  /// Other makers, by name.
  public var backends: [NamedBackend]

  /// An empty document of the file at root-relative `path`.
  public init(path: String, displayPath: String, digest: Digest, name: String) {
    self.path = path
    self.displayPath = displayPath
    self.digest = digest
    self.name = name
    defaults = Settings()
    keyframes = []
    sequences = []
    film = Film()
    backends = []
  }

  /// Ceilings on money.
  public struct Budget: Hashable, Sendable {
    /// Of one run.
    public var run: Written<Price>?
    /// Of a calendar month, against the store's ledger.
    public var month: Written<Price>?

    /// No ceilings.
    public init() {}
  }

  /// An amount with its currency.
  public struct Price: Hashable, Sendable {
    /// The amount.
    public var amount: Money
    /// ISO 4217 code.
    public var currency: String

    /// `amount` of `currency`.
    public init(amount: Money, currency: String) {
      self.amount = amount
      self.currency = currency
    }
  }

  /// Settings of segments, as one scope writes them.
  public struct Settings: Hashable, Sendable {
    /// A model profile's id.
    public var model: Written<String>?
    /// Added to every prompt below; the empty text clears what scopes further out add.
    public var style: Written<String>?
    /// Time from keyframe to keyframe.
    public var duration: Written<TimeLength>?
    /// The number of frames sent to the model (`frames` or `num_frames`).
    public var frames: Written<Int>?
    /// How stills are fitted to the canvas.
    public var fit: Written<Fit>?
    /// What a crop keeps.
    public var focus: Written<Focus>?
    /// How many candidates are made.
    public var takes: Written<Int>?
    /// Which take is in the film.
    public var pick: Written<Int>?
    /// An explicit segment id (in a `next` only).
    public var id: Written<String>?
    /// All other settings: the model's own parameters, `prompt` and `seed` among them.
    public var parameters: [Parameter]

    /// A model parameter as written.
    public struct Parameter: Hashable, Sendable {
      /// The name and its place.
      public var name: Written<String>
      /// The value and its place.
      public var value: Written<ParameterValue>

      /// `name` set to `value`.
      public init(name: Written<String>, value: Written<ParameterValue>) {
        self.name = name
        self.value = value
      }
    }

    /// No settings.
    public init() { parameters = [] }

    /// The parameter called `name`.
    public func parameter(_ name: String) -> Parameter? {
      parameters.first { $0.name.value == name }
    }
  }

  /// A row of the `keyframes:` table.
  public struct NamedKeyframe: Hashable, Sendable {
    /// The name.
    public var name: Written<String>
    /// The picture.
    public var picture: Picture

    /// `picture` under `name`.
    public init(name: Written<String>, picture: Picture) {
      self.name = name
      self.picture = picture
    }
  }

  /// A picture and how it is to be fitted.
  public struct Picture: Hashable, Sendable {
    /// Where the pixels come from.
    public var source: Written<PictureSource>
    /// How it is fitted; overrides the settings.
    public var fit: Written<Fit>?
    /// What a crop keeps; overrides the settings.
    public var focus: Written<Focus>?

    /// A picture from `source`.
    public init(source: Written<PictureSource>) { self.source = source }
  }

  /// A maker of clips under a name of its own.
  public struct NamedBackend: Hashable, Sendable {
    /// The name.
    public var name: Written<String>
    /// `animatic` or `fal`.
    public var kind: Written<String>
    /// The server's origin, `https://127.0.0.1:9442`.
    public var origin: Written<String>?
    /// Options of the animatic: imitate what paid clips really do.
    public var quirks: Written<Bool>?
    /// How keyframes get to the server: `auto`, `storage` or `inline`.
    public var upload: Written<String>?
    /// The order in the queue: `normal` or `low`.
    public var priority: Written<String>?
    /// How long a request may wait for its start.
    public var startTimeout: Written<Duration>?
    /// How long a run waits for a request's end.
    public var patience: Written<Duration>?
    /// How long the server is asked to keep what it made.
    public var keepResults: Written<Duration>?
    /// Whether the server keeps inputs and outputs, by which lost requests are found.
    public var storeIO: Written<Bool>?
    /// Requests in flight at most.
    public var inFlight: Written<Int>?

    /// A backend of `kind` under `name`.
    public init(name: Written<String>, kind: Written<String>) {
      self.name = name
      self.kind = kind
    }
  }
}
