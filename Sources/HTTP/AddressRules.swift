/// Which network addresses may be connected to.
public enum NetworkReach: Hashable, Sendable {
  /// Hosts of the public internet only: never private, loopback, link-local or reserved addresses.
  case publicInternet
  /// This machine only, for rehearsals and tests.
  case loopback
  /// Anywhere, private networks and this machine too: for networks whose users are all trusted.
  case anywhere
}

/// An IP address as its 4 or 16 bytes, judged by the registries of special addresses.
///
/// Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates).
public struct NetworkAddress: Hashable, Sendable {
  /// 4 bytes for IPv4, 16 for IPv6, in network order.
  public let bytes: [UInt8]

  /// An address of 4 or 16 bytes; `nil` for any other count.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// Whether a connection to it stays within `reach`.
  public func isWithin(_ reach: NetworkReach) -> Bool {
    switch reach {
    case .publicInternet: bytes.count == 4 ? Self.isPublic(bytes[...]) : isPublicIPv6
    case .loopback: isLoopback
    case .anywhere: true
    }
  }

  private var isLoopback: Bool {
    if bytes.count == 4 { return bytes[0] == 127 }
    if let inner = mapped { return inner[inner.startIndex] == 127 }
    return bytes == [UInt8](repeating: 0, count: 15) + [1]
  }

  /// The IPv4 address inside `::ffff:0:0/96`.
  private var mapped: ArraySlice<UInt8>? {
    bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) ? bytes[12...] : nil
  }

  private var isPublicIPv6: Bool {
    if let mapped { return Self.isPublic(mapped) }
    // NAT64 and 6to4 reach the IPv4 address that they carry.
    if bytes.starts(with: [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) {
      return Self.isPublic(bytes[12...])
    }
    if bytes.starts(with: [0x20, 0x02]) { return Self.isPublic(bytes[2..<6]) }
    // Of the rest only 2000::/3 is routed, without protocol assignments and documentation.
    guard bytes[0] & 0xE0 == 0x20 else { return false }
    if bytes.starts(with: [0x20, 0x01]) {
      let next = Int(bytes[2]) << 8 | Int(bytes[3])
      return next > 0x01FF && next != 0x0DB8
    }
    return !(bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] < 0x10)
  }

  private static func isPublic(_ address: ArraySlice<UInt8>) -> Bool {
    let value = address.reduce(0) { $0 << 8 | UInt32($1) }
    return !reserved.contains { value >> (32 - $0.bits) == $0.network >> (32 - $0.bits) }
  }

  private static let reserved: [(network: UInt32, bits: UInt32)] = [
    (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
    (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24), (0xC058_6300, 24), (0xC0A8_0000, 16),
    (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24), (0xE000_0000, 4), (0xF000_0000, 4),
  ]
}

extension NetworkAddress: CustomStringConvertible {
  /// `10.0.0.1`, or sixteen bytes in pairs for IPv6.
  public var description: String {
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2)
      .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
      .joined(separator: ":")
  }
}
