/// The address in `x-fal-target-url`: what a client that talks to a proxy really asks for.
public struct TargetURL: Hashable, Sendable {
  /// Whose host it names.
  public let service: FalService
  /// The path, still percent-encoded, with a slash in front.
  public let path: String
  /// What follows the `?`, still encoded; `nil` without a `?`.
  public let query: String?

  /// Reads an `https` address of one of fal's hosts; `nil` for everything else.
  ///
  /// No user, no password, no port but 443, no fragment, no white space, no backslash; the host
  /// must be equal to an allowed one, not just end like it.
  public init?(_ text: some StringProtocol) {
    let scheme = "https://"
    guard text.utf8.count <= 8192, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }),
      text.prefix(scheme.count).lowercased() == scheme, !text.contains("#")
    else { return nil }
    let rest = text.dropFirst(scheme.count)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    var host = rest[..<end]
    if host.hasSuffix(":443") { host = host.dropLast(4) }
    guard let service = FalService(host: host) else { return nil }
    let halves = rest[end...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.service = service
    path = halves.first.map { $0.isEmpty ? "/" : String($0) } ?? "/"
    query = halves.count == 2 ? String(halves[1]) : nil
  }

  /// The decoded query.
  public var items: QueryItems { QueryItems(parsing: query ?? "") }
}
