/// The id of an endpoint: `owner/alias` and, for some, a path below it (`fal-ai/framepack/flf2v`).
///
/// Ids of the name spaces `workflows` and `comfy` have that word in front of the owner. Every part
/// consists of letters, digits, `-`, `_` and `.`, begins with a letter, a digit or `_`, and is not
/// `requests`, which marks the id of a request in paths.
public struct EndpointID: Hashable, Sendable, CustomStringConvertible {
  /// The name spaces whose requests are named with three parts.
  public static let namespaces: Set<String> = ["workflows", "comfy"]

  /// All parts, at least two, and three in a name space.
  public let parts: [String]

  /// Reads an id; the legacy form `123-abc` means `123/abc`; `nil` for anything else without a slash.
  public init?(_ text: some StringProtocol) {
    let parts = Substring(text).split(separator: "/", omittingEmptySubsequences: false)
      .map(String.init)
    if parts.count == 1, let rewritten = Self.rewritingLegacy(parts[0]) {
      self.init(parts: rewritten)
    } else {
      self.init(parts: parts)
    }
  }

  /// An id of these parts; `nil` when they are too few, too many or not allowed.
  public init?(parts: [String]) {
    let least = parts.first.map(Self.namespaces.contains) == true ? 3 : 2
    guard (least...12).contains(parts.count), parts.allSatisfy(Self.isPart) else { return nil }
    self.parts = parts
  }

  private init(known parts: ArraySlice<String>) { self.parts = Array(parts) }

  /// The application: the first two parts, three in a name space; request ids are unique in it.
  public var app: EndpointID { EndpointID(known: parts.prefix(appLength)) }

  /// Whether nothing follows the application.
  public var isApp: Bool { parts.count == appLength }

  /// The path below the application, without a slash in front: `flf2v`; empty for the application.
  public var subpath: String { parts.dropFirst(appLength).joined(separator: "/") }

  /// Whether `other` is this endpoint or names its application alone.
  public func isNamed(by other: EndpointID) -> Bool { other == self || other == app }

  /// This id with `path` below it (Python's `submit(…, path:)`); `nil` when `path` is not allowed.
  public func appending(_ path: some StringProtocol) -> EndpointID? {
    EndpointID(
      parts: parts
        + Substring(path).split(separator: "/", omittingEmptySubsequences: false).map(String.init))
  }

  /// The parts joined by slashes.
  public var description: String { parts.joined(separator: "/") }

  private var appLength: Int { Self.namespaces.contains(parts[0]) ? 3 : 2 }

  /// `^([0-9]+)-([A-Za-z0-9-]+)$`, the form of early ids, which official clients rewrite.
  private static func rewritingLegacy(_ text: String) -> [String]? {
    guard let dash = text.firstIndex(of: "-"), dash != text.startIndex,
      text[..<dash].utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return [String(text[..<dash]), String(text[text.index(after: dash)...])]
  }

  private static func isPart(_ part: String) -> Bool {
    guard let first = part.utf8.first, part.utf8.count <= 128, part != "requests",
      isLetterOrDigit(first) || first == UInt8(ascii: "_")
    else { return false }
    return part.utf8.allSatisfy {
      isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        || $0 == UInt8(ascii: ".")
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
