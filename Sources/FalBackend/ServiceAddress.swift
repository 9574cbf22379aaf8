internal import HTTP
internal import KeyreelCore

/// The base address of a service, in one form for equal ones.
struct ServiceAddress {
  /// Scheme and host in lower case, the port unless it is 443, the path prefix without a slash at the end.
  let text: String
  /// Whether the host is this machine.
  let isLoopback: Bool

  /// Reads `https://host[:port][/prefix]`, or `http://…` of this machine.
  init(_ address: String) throws {
    let scheme = address.lowercased().hasPrefix("http://") ? "http://" : "https://"
    guard address.lowercased().hasPrefix(scheme),
      address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
    else { throw Self.refused(address) }
    var rest = address.dropFirst(scheme.count)
    while rest.last == "/" { rest.removeLast() }
    let authority = rest.prefix { $0 != "/" }
    let path = rest[authority.endIndex...]
    guard Self.isHost(authority), Self.isPath(path) else { throw Self.refused(address) }
    var host = authority.lowercased()
    if scheme == "https://", host.hasSuffix(":443") { host.removeLast(4) }
    isLoopback = BackendIdentity(kind: "fal", origin: host).isPaid == false
    guard scheme == "https://" || isLoopback else {
      throw OperationError(
        .refusedAddress, "\(address) would send the key over the network unencrypted",
        remedy: "give an address that begins https://")
    }
    text = scheme + host + path
  }

  /// A name or address with an optional port; no user, no password.
  private static func isHost(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: ":") else { return false }
    return text.utf8.allSatisfy {
      switch $0 {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5B, 0x5D, 0x5F: true
      default: false
      }
    }
  }

  private static func isPath(_ text: Substring) -> Bool {
    !text.contains { $0 == "?" || $0 == "#" || $0 == "@" || $0 == "%" }
      && !text.split(separator: "/").contains { $0 == "." || $0 == ".." }
  }

  private static func refused(_ address: String) -> OperationError {
    OperationError(
      .refusedAddress,
      "`\(address.prefix(200).filter { !$0.isNewline })` is no address of a service",
      remedy: "give a host, with a port and a path if need be: host:8443/queue")
  }
}
