internal import KeyreelCore

/// A secret that no message, log or dump shows.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The secret itself; for headers of requests to the account's own origins alone.
  let text: String

  /// Keeps `text` to itself.
  public init(_ text: String) { self.text = text }

  /// Says nothing.
  public var description: String { "‹secret›" }
  /// Says nothing.
  public var debugDescription: String { description }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Tells accounts apart without telling the key: 12 digits of a digest of its public half.
  ///
  /// A key is `id:secret`; the id alone is no secret, but is none of a log's business either.
  public var fingerprint: String {
    let id = text.prefix { $0 != ":" }
    return String(Digest.of(Array("keyreel account \(id)".utf8)).hex.prefix(12))
  }

  /// `words` without the secret or its second half, for servers that repeat what they were sent.
  func hidden(in words: String) -> String {
    let secret = text.firstIndex(of: ":").map { String(text[text.index(after: $0)...]) } ?? ""
    return [text, secret].filter { $0.utf8.count >= 4 }
      .reduce(words) { $0.replacing($1, with: description) }
  }
}
