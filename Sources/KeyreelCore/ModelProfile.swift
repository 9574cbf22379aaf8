/// What Keyreel knows of a first/last-frame model: data read from a file, never code.
///
/// The file format is described by `schemas/model.schema.json`; the built-in files are
/// `schemas/models/*.json`.
public struct ModelProfile: Hashable, Sendable, Codable {
  /// The endpoint's id, `fal-ai/framepack/flf2v`.
  public var id: String
  /// One sentence for people.
  public var title: String
  /// Where the facts come from.
  public var source: String
  /// The request fields that take the first and the last picture.
  public var pictures: PictureFields
  /// All other inputs, in the order in which requests list them.
  public var parameters: [Parameter]
  /// How the number of frames is asked for and what comes back.
  public var length: LengthRule
  /// The picture sizes the model makes, first match wins.
  public var canvases: [CanvasRule]
  /// What a clip costs.
  public var price: PriceRule
  /// How long the provider keeps results, in days, where it is documented.
  public var retentionDays: Int?

  /// Names of the two picture inputs.
  public struct PictureFields: Hashable, Sendable, Codable {
    /// The field of the first frame, `image_url`.
    public var first: String
    /// The field of the last frame, `end_image_url`.
    public var last: String
  }

  /// One input of the model.
  public struct Parameter: Hashable, Sendable, Codable {
    /// The types an input can have.
    public enum Kind: String, Hashable, Sendable, Codable {
      /// Text.
      case string
      /// A whole number.
      case integer
      /// A number.
      case number
      /// Yes or no.
      case boolean
    }

    /// The model's own name.
    public var name: String
    /// Its type.
    public var kind: Kind
    /// Whether a request must have it.
    public var isRequired: Bool?
    /// What the model takes when it is absent; Keyreel sends it explicitly.
    public var defaultValue: ParameterValue?
    /// The smallest allowed number.
    public var minimum: Double?
    /// The largest allowed number.
    public var maximum: Double?
    /// The longest allowed text, in Unicode scalars.
    public var maximumLength: Int?
    /// The allowed values, when only some are.
    public var options: [ParameterValue]?
    /// One sentence for people.
    public var help: String?

    /// The input `name`, of which nothing else is known.
    public init(name: String, kind: Kind) {
      self.name = name
      self.kind = kind
    }

    enum CodingKeys: String, CodingKey {
      case name, kind = "type", isRequired = "required", defaultValue = "default", minimum, maximum
      case maximumLength = "max_length", options, help
    }
  }

  /// How clips get their length.
  public struct LengthRule: Hashable, Sendable, Codable {
    /// The parameter that takes the number of frames, `num_frames`.
    public var parameter: String
    /// Frames per second of the clip, where it is fixed.
    public var frameRate: FrameRate?
    /// The parameter that sets frames per second, where there is one.
    public var frameRateParameter: String?
    /// The grid on which frames may be delivered instead of the number asked for.
    public var grid: Grid?

    /// Delivered frames are `step · n + offset`, with `n = ceil(asked / section)` at worst.
    public struct Grid: Hashable, Sendable, Codable {
      /// Frames added by one more section.
      public var step: Int
      /// Frames beside whole sections.
      public var offset: Int
      /// Asked-for frames that one section covers, at worst.
      public var section: Int

      /// The largest number of frames that may come back when `asked` frames are asked for.
      public func worst(asked: Int) -> Int {
        max(asked, step * max(1, (asked + section - 1) / section) + offset)
      }
    }

    enum CodingKeys: String, CodingKey {
      case parameter, frameRate = "frame_rate", frameRateParameter = "frame_rate_parameter", grid
    }
  }

  /// One picture size and the parameter values that lead to it.
  public struct CanvasRule: Hashable, Sendable, Codable {
    /// Parameter values, as text, that must all hold.
    public var when: [String: ParameterValue]
    /// Pixels per row.
    public var width: Int
    /// Rows.
    public var height: Int
  }

  /// The price formula.
  public struct PriceRule: Hashable, Sendable, Codable {
    /// What is counted.
    public enum Unit: String, Hashable, Sendable, Codable {
      /// Seconds of video.
      case second
      /// Whole clips.
      case clip
    }

    /// A factor on the price under a condition.
    public struct Multiplier: Hashable, Sendable, Codable {
      /// Parameter values that must all hold.
      public var when: [String: ParameterValue]
      /// Only clips of more frames than this are meant; `nil` means all.
      public var aboveFrames: Int?
      /// The factor, a decimal such as `1.5`.
      public var factor: Money

      enum CodingKeys: String, CodingKey {
        case when, aboveFrames = "above_frames", factor
      }
    }

    /// Price of one unit; `nil` where it is not known.
    public var amount: Money?
    /// What is counted.
    public var unit: Unit
    /// ISO 4217 code.
    public var currency: String
    /// Factors, all that hold are applied.
    public var multipliers: [Multiplier]
    /// The day on which the price was read, `2026-11-22`.
    public var asOf: String
    /// Where the price was read.
    public var source: String

    enum CodingKeys: String, CodingKey {
      case amount, unit, currency, multipliers, asOf = "as_of", source
    }
  }

  enum CodingKeys: String, CodingKey {
    case id, title, source, pictures, parameters, length, canvases, price
    case retentionDays = "retention_days"
  }
}

extension ModelProfile {
  /// The parameter called `name`.
  public func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

  /// The size of clips made by `request`; `nil` when no rule fits.
  public func canvas(for request: ModelRequest) -> PixelSize? {
    canvases.first { rule in rule.when.allSatisfy { request[$0.key] == $0.value } }
      .map { PixelSize(width: $0.width, height: $0.height) }
  }

  /// The frame rate of clips made by `request`.
  public func frameRate(for request: ModelRequest) -> FrameRate? {
    if let name = length.frameRateParameter, case .integer(let rate)? = request[name] {
      return FrameRate(rate)
    }
    return length.frameRate
  }
}
