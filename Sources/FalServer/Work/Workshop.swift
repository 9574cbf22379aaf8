public import FalProtocol
public import KeyreelCore
public import SystemPackage

/// All that is needed to make the clip of one request.
public struct ClipOrder: Sendable {
  /// The request's id, for messages.
  public let label: String
  /// The endpoint's profile.
  public let model: ModelProfile
  /// The fully defaulted input, without its pictures, with its seed.
  public let request: ModelRequest
  /// The file of the first picture, as the client sent it.
  public let first: FilePath
  /// The file of the last picture.
  public let last: FilePath
  /// How the clip is to differ from what the request asks for; only rehearsals want that.
  public var outcome = Outcome()

  /// Differences from what was asked for.
  public struct Outcome: Sendable, Hashable {
    /// Frames added, or with a minus left out.
    public var extraFrames = 0
    /// Another size.
    public var size: PixelSize?
  }

  /// An order for a clip of `model` from `first` to `last`.
  public init(
    label: String, model: ModelProfile, request: ModelRequest, first: FilePath, last: FilePath
  ) {
    self.label = label
    self.model = model
    self.request = request
    self.first = first
    self.last = last
  }
}

/// A picture that cannot be used, told apart from failures of the server itself.
public struct PictureFailure: Error, Sendable {
  /// Which of the two it is.
  public enum Position: Sendable { case first, last }

  /// What is wrong with it, in the words of the protocol.
  public enum Kind: Hashable, Sendable {
    /// It is damaged or cut short.
    case damaged
    /// It is of a kind that is not taken: `image/gif`, a document.
    case unsupportedFormat
    /// It has more pixels than are taken: a longer side than `side`.
    case tooLarge(side: Int)
  }

  /// Which of the two it is.
  public let position: Position
  /// What is wrong with it.
  public let kind: Kind
  /// The failure itself.
  public let error: OperationError

  /// The picture at `position` cannot be used because of `error`.
  public init(_ position: Position, _ error: OperationError, kind: Kind = .damaged) {
    self.position = position
    self.kind = kind
    self.error = error
  }
}

extension PictureFailure.Kind {
  /// The type of the mistake in answers.
  var wireName: String {
    switch self {
    case .damaged: "image_load_error"
    case .unsupportedFormat: "unsupported_image_format"
    case .tooLarge: "image_too_large"
    }
  }

  /// The figures that belong to the type.
  var context: JSONValue? {
    switch self {
    case .damaged: nil
    case .unsupportedFormat: ["supported_formats": ["jpeg", "png", "webp"]]
    case .tooLarge(let side): ["max_height": .integer(side), "max_width": .integer(side)]
    }
  }
}

/// Makes the clips that the server was asked for.
public protocol Workshop: Sendable {
  /// Makes the clip of `order` into the new file `file` and says what came out.
  ///
  /// Throws a ``PictureFailure`` for pictures that cannot be read; any other error is the server's own.
  func make(
    _ order: ClipOrder, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> ClipInspection

  /// What the clip of `order` costs, which came out with so many frames.
  func bill(_ order: ClipOrder, frames: Int) -> Bill?
}

extension Workshop {
  /// What the model's profile says.
  public func bill(_ order: ClipOrder, frames: Int) -> Bill? {
    Bill(order.request, frames: frames, profile: order.model)
  }
}
