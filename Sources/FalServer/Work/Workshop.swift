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

  /// Which of the two it is.
  public let position: Position
  /// What is wrong with it.
  public let error: OperationError

  /// The picture at `position` cannot be used because of `error`.
  public init(_ position: Position, _ error: OperationError) {
    self.position = position
    self.error = error
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
