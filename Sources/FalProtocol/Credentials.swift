/// What stands in an `Authorization` header.
public enum Credentials: Hashable, Sendable {
  /// A key, `id:secret`.
  case key(String)
  /// A token of an upload or a login.
  case bearer(String)

  /// Reads the header's value; the scheme may be in any case of letters, the rest is taken as it is.
  public init?(_ header: some StringProtocol) {
    let halves = Substring(header).split(separator: " ", maxSplits: 1).map(HeaderValue.trimmed)
    guard halves.count == 2, (1...4096).contains(halves[1].utf8.count),
      halves[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return nil }
    switch halves[0].lowercased() {
    case "key": self = .key(halves[1])
    case "bearer": self = .bearer(halves[1])
    default: return nil
    }
  }

  /// The header's value.
  public var header: String {
    switch self {
    case .key(let key): "Key \(key)"
    case .bearer(let token): "Bearer \(token)"
    }
  }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The scheme alone, so that no log ever has the secret.
  public var description: String {
    switch self {
    case .key: "Key (hidden)"
    case .bearer: "Bearer (hidden)"
    }
  }

  /// The scheme alone.
  public var debugDescription: String { description }

  /// Nothing inside, so that dumps have no secret either.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
