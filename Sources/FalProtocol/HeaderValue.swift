/// Reads single values of headers and query items.
public enum HeaderValue {
  /// `1`, `true`, `yes`, `on` are true, `0`, `false`, `no`, `off` false, in any case of letters.
  public static func flag(_ text: some StringProtocol) -> Bool? {
    switch text.lowercased() {
    case "1", "true", "yes", "on": true
    case "0", "false", "no", "off": false
    default: nil
    }
  }

  /// A deadline to start: seconds with an optional fraction, at least 0.1 s, as fal demands.
  public static func timeout(_ text: some StringProtocol) -> Duration? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 0x2E }), text.utf8.count <= 20,
      let seconds = Double(String(text)), seconds >= 0.1
    else { return nil }
    return WireTime.duration(seconds)
  }

  /// Tags `k=v,k2=v2`: the first ten sound ones; what is not sound is dropped silently, as fal does.
  ///
  /// Names and values have 1 to 64 letters, digits, `-`, `_`, `.`, `:` or `/`.
  public static func tags(_ text: some StringProtocol) -> [QueryItems.Item] {
    let tags = Substring(text).split(separator: ",").compactMap { piece -> QueryItems.Item? in
      let halves = piece.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, halves.allSatisfy(isTagWord) else { return nil }
      return QueryItems.Item(trimmed(halves[0]), trimmed(halves[1]))
    }
    return Array(tags.prefix(10))
  }

  private static func isTagWord(_ text: some StringProtocol) -> Bool {
    let word = trimmed(text)
    return (1...64).contains(word.utf8.count)
      && word.utf8.allSatisfy {
        (PathParts.isUnreserved($0) && $0 != 0x7E) || $0 == 0x3A || $0 == 0x2F
      }
  }

  static func trimmed(_ text: some StringProtocol) -> String {
    var bytes = Array(text.utf8)[...]
    while bytes.first == 0x20 || bytes.first == 0x09 { bytes.removeFirst() }
    while bytes.last == 0x20 || bytes.last == 0x09 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
