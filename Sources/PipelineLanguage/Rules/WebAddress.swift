/// What addresses a pipeline may name; a plan never talks to the machine it runs on or to its network.
enum WebAddress {
  static let pattern = #"^https://[^ \t\r\n@/?#]+([/?#][^ \t\r\n]*)?$"#
  static let originPattern = #"^https?://[^ \t\r\n@/?#]+/?$"#

  /// Whether `text` is an https address without user, password or blanks.
  static func isHTTPS(_ text: String) -> Bool {
    guard text.hasPrefix("https://") else { return false }
    let rest = text.unicodeScalars.dropFirst(8)
    guard !rest.contains(where: { " \t\r\n".unicodeScalars.contains($0) }) else { return false }
    let authority = rest.prefix { !"/?#".unicodeScalars.contains($0) }
    return !authority.isEmpty && !authority.contains("@")
  }

  /// Whether `text` is scheme, host and port alone.
  static func isOrigin(_ text: String) -> Bool {
    guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else {
      return false
    }
    var rest = text.unicodeScalars.dropFirst(scheme.unicodeScalars.count)
    if rest.last == "/" { rest = rest.dropLast() }
    return !rest.isEmpty && !rest.contains { " \t\r\n@/?#".unicodeScalars.contains($0) }
  }

  /// The host of an address or origin, lower-case, without port and brackets.
  static func host(of address: String) -> String {
    guard let start = address.firstRange(of: "://") else { return "" }
    let authority = address[start.upperBound...].prefix { !"/?#".contains($0) }.lowercased()
    if authority.hasPrefix("[") {
      return String(authority.dropFirst().prefix { $0 != "]" })
    }
    return String(authority.prefix { $0 != ":" })
  }

  /// Whether `host` is this very machine.
  static func isLoopback(_ host: String) -> Bool {
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
    return numbers(name)?.first == 127
  }

  /// Whether `host` is this machine, a private network, a link-local or another special address.
  ///
  /// Looked at as text: what a name resolves to is checked again by whoever fetches it. Ranges are
  /// those of the IANA special-purpose registries (RFC 6890).
  static func isPrivate(_ host: String) -> Bool {
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    if isLoopback(name) { return true }
    if name.hasSuffix(".local") || name.hasSuffix(".internal") || name.hasSuffix(".lan") {
      return true
    }
    if name.contains(":") { return isPrivateIPv6(name) }
    guard let numbers = numbers(name) else {
      // A bare word is a machine of the local network; all digits and dots that are no dotted quad
      // are another spelling of an address (`2130706433`, `0x7f.1`).
      let isNumeric = name.split(separator: ".").allSatisfy {
        Int($0) != nil || ($0.hasPrefix("0x") && Int($0.dropFirst(2), radix: 16) != nil)
      }
      return !name.contains(".") || isNumeric
    }
    switch (numbers[0], numbers[1]) {
    case (0, _), (10, _), (127, _), (169, 254), (192, 168), (198, 18...19): return true
    case (172, 16...31), (100, 64...127), (224..., _): return true
    case (192, 0): return numbers[2] == 0
    default: return false
    }
  }

  private static func isPrivateIPv6(_ text: String) -> Bool {
    let name = text.prefix { $0 != "%" }
    // Embedded IPv4 addresses are spelt with dots; no public still lives behind one.
    if name.contains(".") || name.hasPrefix("::") { return true }
    guard let first = Int(name.prefix { $0 != ":" }, radix: 16) else { return true }
    return !(0x2000...0x3FFF).contains(first) || first == 0x2002 || name.hasPrefix("2001:0:")
      || name.hasPrefix("2001::")
  }

  private static func numbers(_ host: String) -> [Int]? {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let numbers = parts.compactMap { part -> Int? in
      // A leading zero makes it octal to some readers.
      guard part == "0" || part.first != "0", part.utf8.allSatisfy({ (48...57).contains($0) })
      else { return nil }
      return Int(part).flatMap { (0...255).contains($0) ? $0 : nil }
    }
    return numbers.count == 4 ? numbers : nil
  }
}
