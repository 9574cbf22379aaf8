/// What addresses a pipeline may name; a plan never talks to the machine it runs on or to its network.
enum WebAddress {
  // ASCII alone: readers disagree about what other letters, `%` and `\` in a host stand for.
  static let pattern = #"^https://[A-Za-z0-9._:\[\]-]+([/?#][!-~]*)?$"#
  static let originPattern = #"^https?://[A-Za-z0-9._:\[\]-]+/?$"#

  /// Whether `text` is an https address without user, password or blanks.
  static func isHTTPS(_ text: String) -> Bool {
    guard let authority = authority(of: text, schemes: ["https://"]) else { return false }
    let rest = text.utf8.dropFirst(8 + authority.utf8.count)
    return rest.first.map { "/?#".utf8.contains($0) } ?? true
      && rest.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// Whether `text` is scheme, host and port alone.
  static func isOrigin(_ text: String) -> Bool {
    guard let authority = authority(of: text, schemes: ["https://", "http://"]) else {
      return false
    }
    return [authority, authority + "/"].contains { text.utf8.elementsEqual("https://\($0)".utf8) }
      || [authority, authority + "/"].contains { text.utf8.elementsEqual("http://\($0)".utf8) }
  }

  /// Host and port of an address, byte by byte, so that no combining letter hides a `/`.
  private static func authority(of text: String, schemes: [String]) -> String? {
    guard let scheme = schemes.first(where: { text.utf8.starts(with: $0.utf8) }) else { return nil }
    let authority = text.utf8.dropFirst(scheme.utf8.count).prefix { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
      default: "._:[]-".utf8.contains(byte)
      }
    }
    return authority.isEmpty ? nil : String(authority)
  }

  /// The host of an address or origin, lower-case, without port and brackets.
  static func host(of address: String) -> String {
    let found = authority(of: address, schemes: ["https://", "http://"])
    guard let authority = found?.lowercased() else { return "" }
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
