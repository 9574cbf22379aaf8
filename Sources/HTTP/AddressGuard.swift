internal import CCurl
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore

/// Opens sockets for libcurl, but only to addresses within a reach.
///
/// Asked with every address after the name was looked up, also after redirects, right before connecting:
/// neither a redirect nor a name that changes its address in between leads anywhere else.
struct AddressGuard {
  /// Where connections may go; anywhere when `nil`.
  let reach: NetworkReach?
  /// The address that was refused, if one was.
  private(set) var refused: String?

  init(reach: NetworkReach?) { self.reach = reach }

  /// A socket for `address`, or -1.
  mutating func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    let family = address.pointee.family
    if let reach {
      let bytes = Self.bytes(of: curlx_socket_address(address), family: family)
      guard let found = NetworkAddress(bytes: bytes), found.isWithin(reach) else {
        refused = NetworkAddress(bytes: bytes)?.description ?? "an address of family \(family)"
        return -1
      }
    }
    #if canImport(Glibc)
      let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    #else
      let kind = address.pointee.socktype
    #endif
    return socket(family, kind, address.pointee.protocol)
  }

  /// The error of a call of `url` that led to a refused address; `nil` when none was refused.
  func failure(of url: String) -> OperationError? {
    let place = reach == .loopback ? "this machine" : "the public internet"
    return refused.map {
      OperationError(
        .refusedAddress, "\(url) leads to \($0), which is not on \(place)",
        remedy: "fetch the file yourself and name it as a file")
    }
  }

  private static func bytes(of address: UnsafePointer<sockaddr>?, family: Int32) -> [UInt8] {
    guard let address else { return [] }
    // Behind family and port: 4 bytes in `sockaddr_in`; behind the flow label too: 16 in `sockaddr_in6`.
    let (offset, count) = family == AF_INET ? (4, 4) : family == AF_INET6 ? (8, 16) : (0, 0)
    return Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(address) + offset, count: count))
  }
}
