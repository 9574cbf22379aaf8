internal import FalProtocol
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a development certificate stands for: fal's hosts and this machine, nothing else.
struct CertificateNames: Hashable {
  /// Host names.
  private(set) var hosts: [String]
  /// IP addresses as text.
  private(set) var addresses = ["127.0.0.1", "::1"]

  /// The names of a server that listens on `address`.
  init(listening address: String) {
    hosts = FalService.allCases.flatMap { [$0.host] + $0.aliases } + ["localhost"]
    if Self.isAddress(address) {
      // An address that means all of them is no name that a client could ask for.
      let meansAll = address == "0.0.0.0" || address == "::"
      if !meansAll, !addresses.contains(address) { addresses.append(address) }
    } else if Self.isHost(address), !hosts.contains(address.lowercased()) {
      hosts.append(address.lowercased())
    }
  }

  /// The value of the extension subjectAltName, as libcrypto reads it.
  var alternatives: String {
    (hosts.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }).joined(separator: ",")
  }

  /// The value of the extension nameConstraints: an authority that may vouch for these alone.
  var constraints: String {
    let ranges =
      hosts.map { "permitted;DNS:\($0)" }
      + addresses.map { "permitted;IP:\($0)/\($0.contains(":") ? Self.wholeIPv6 : Self.wholeIPv4)" }
    return "critical," + ranges.joined(separator: ",")
  }

  private static let wholeIPv4 = "255.255.255.255"
  private static let wholeIPv6 = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

  /// Whether `text` is an IPv4 or IPv6 address.
  static func isAddress(_ text: String) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 4) { space in
      inet_pton(text.contains(":") ? AF_INET6 : AF_INET, text, space.baseAddress) == 1
    }
  }

  /// Letters, digits, dots and hyphens: nothing that would mean more in an extension's value.
  private static func isHost(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
