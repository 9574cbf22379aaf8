internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

extension Refusal {
  /// What a failure of the disk or of another request means to any client; `nil` for all others.
  ///
  /// Says nothing of paths: clients are strangers.
  init?(_ error: OperationError) {
    switch error.code {
    case .diskFull:
      self.init(
        HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
        "The server's disk is full; nothing of this request was kept", type: "disk_full")
    case .busy:
      self.init(
        .serviceUnavailable, .text("The server is busy with this; try again", type: "busy"),
        headers: [.retryAfter: "1"])
    default: return nil
    }
  }

  /// What a failed upload means to the one who sends it.
  init?(upload error: OperationError) {
    switch error.code {
    case .tooLarge:
      self.init(.contentTooLarge, error.message.sentence, type: "request_entity_too_large")
    case .badParts: self.init(.badRequest, error.message.sentence, type: "bad_parts")
    // No 409: fal's Python client sends the same again after that, ten times.
    case .alreadyThere:
      self.init(
        .badRequest, "This upload is finished, with other bytes", type: "already_uploaded")
    case .notFound: self = .noSuchUpload
    default: self.init(error)
    }
  }

  /// The upload is unknown, over or someone else's.
  static let noSuchUpload = Refusal(.notFound, "The upload is unknown or over")
}

extension String {
  /// The text with a capital in front.
  fileprivate var sentence: String { prefix(1).uppercased() + dropFirst() }
}
