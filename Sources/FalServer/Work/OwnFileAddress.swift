internal import FalProtocol

/// The address of a file of this very server, in any of the forms that clients are told.
///
/// A server is known by many names (`localhost`, an address, a name behind a reverse proxy), so the file's
/// own name of 128 random bits says that it is ours: an address on another host that ends the same leads
/// to the same bytes, or to nothing here and is fetched.
struct OwnFileAddress: Hashable {
  /// The file's id.
  let id: String
  /// The file's name.
  let name: String
  /// Whether nothing but this server can be meant: an address that is never fetched.
  let isSurelyOurs: Bool

  /// Reads an address; `nil` for all others.
  init?(_ url: String) {
    guard let scheme = ["https://", "http://"].first(where: { url.lowercased().hasPrefix($0) })
    else { return nil }
    let rest = url.dropFirst(scheme.count)
    guard let slash = rest.firstIndex(of: "/") else { return nil }
    var host = rest[..<slash]
    if host.hasSuffix(":443") { host = host.dropLast(4) }
    var path = rest[slash...].prefix { $0 != "?" && $0 != "#" }
    let isFal = FalService(host: host) == .media
    if !isFal {
      guard path.hasPrefix("/media/") else { return nil }
      path = path.dropFirst("/media".count)
    }
    guard case .file(let id, let name)? = MediaRoute(path: String(path)) else { return nil }
    self.id = id
    self.name = name
    isSurelyOurs = isFal || scheme == "http://"
  }
}
