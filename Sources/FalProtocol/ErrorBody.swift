import KeyreelCore

/// The body of an error answer, in any of the four forms that fal's services use.
public enum ErrorBody: Hashable, Sendable {
  /// The model's or the validation's own: a list of mistakes.
  case details([ErrorDetail])
  /// The queue's, the runner's or the key check's: a sentence and perhaps a word.
  case text(String, type: String?)
  /// The platform's.
  case platform(PlatformError)
  /// Anything else, such as a gateway's page: its first 2,000 bytes as text.
  case other(String)

  /// An error of the platform routes.
  public struct PlatformError: Hashable, Sendable {
    /// A word: `not_found`, `rate_limited`.
    public var type: String
    /// A sentence.
    public var message: String
    /// The page that explains it.
    public var docsURL: String?
    /// The id of the faulty call.
    public var requestID: String?

    /// A platform error of `type`.
    public init(
      _ type: String, _ message: String, docsURL: String? = nil, requestID: String? = nil
    ) {
      self.type = type
      self.message = message
      self.docsURL = docsURL
      self.requestID = requestID
    }
  }

  /// Reads a body of any form; never fails, because an unreadable error is still an error.
  public init(decoding bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard let value = try? JSONValue(parsing: bytes) else {
      self = .other(String(decoding: bytes.prefix(2000), as: UTF8.self))
      return
    }
    if let details = value["detail"]?.arrayValue {
      self = .details(details.map(ErrorDetail.init(decoding:)))
    } else if let text = value["detail"]?.stringValue {
      self = .text(text, type: value["error_type"]?.stringValue)
    } else if let error = value["error"], error.objectValue != nil {
      self = .platform(
        PlatformError(
          error["type"]?.stringValue ?? "", error["message"]?.stringValue ?? "",
          docsURL: error["docs_url"]?.stringValue, requestID: error["request_id"]?.stringValue))
    } else {
      self = .other(String(decoding: bytes.prefix(2000), as: UTF8.self))
    }
  }

  /// The server's words for people.
  public var message: String {
    switch self {
    case .details(let details):
      details.map { $0.location.isEmpty ? $0.message : "\($0.path): \($0.message)" }
        .joined(separator: "; ")
    case .text(let text, _): text
    case .platform(let error): error.message
    case .other(let text): text
    }
  }

  /// The first stable word in it: a mistake's type or the error's.
  public var type: String? {
    switch self {
    case .details(let details): details.first { !$0.type.isEmpty }?.type
    case .text(_, let type): type
    case .platform(let error): error.type.isEmpty ? nil : error.type
    case .other: nil
    }
  }

  /// The body; ``other(_:)`` is written as it is, the rest as JSON.
  public var bytes: [UInt8] {
    var text = JSONText()
    switch self {
    case .other(let words): return Array(words.utf8)
    case .details(let details):
      text.object { text in
        text.key("detail")
        text.array { text in for detail in details { detail.write(to: &text) } }
      }
    case .text(let words, let type):
      text.object { text in
        text.key("detail")
        text.value(words)
        if let type {
          text.key("error_type")
          text.value(type)
        }
      }
    case .platform(let error): error.write(to: &text)
    }
    return text.bytes
  }
}

extension ErrorBody.PlatformError {
  func write(to text: inout JSONText) {
    text.object { text in
      text.key("error")
      text.object { text in
        text.key("type")
        text.value(type)
        text.key("message")
        text.value(message)
        if let docsURL {
          text.key("docs_url")
          text.value(docsURL)
        }
        if let requestID {
          text.key("request_id")
          text.value(requestID)
        }
      }
    }
  }
}
