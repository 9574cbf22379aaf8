internal import CCurl
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// One transfer under way: what libcurl's callbacks are given; used on one thread only.
final class Transfer {
  private(set) var byteCount = 0
  /// The address that was refused, if one was.
  private(set) var refused: String?
  /// The `errno` of a failed write, or 0.
  private(set) var writeError: Int32 = 0
  /// Whether more bytes came than are allowed.
  private(set) var isTooLarge = false
  private let descriptor: Int32?
  private let limit: Int
  private let reach: NetworkReach?
  private let token: CancellationToken
  private var hasher: DigestHasher? = DigestHasher()

  /// A transfer into `descriptor`, or into nothing; without a `reach`, addresses are not checked
  /// (behind a proxy).
  init(into descriptor: Int32?, limit: Int, reach: NetworkReach?, token: CancellationToken) {
    self.descriptor = descriptor
    self.limit = limit
    self.reach = reach
    self.token = token
  }

  /// The digest of all that came; may be asked once.
  func digest() -> Digest? { hasher.take()?.finalize() }

  /// Has `handle` call this transfer.
  func attach(to handle: UnsafeMutableRawPointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    curlx_set_pointer(handle, CURLOPT_WRITEDATA, context)
    curlx_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      return transfer.write(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    curlx_set_long(handle, CURLOPT_NOPROGRESS, 0)
    curlx_set_pointer(handle, CURLOPT_XFERINFODATA, context)
    curlx_set_progress_callback(handle) { context, _, _, _, _ in
      guard let context else { return 1 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      return transfer.token.isCancelled ? 1 : 0
    }
    curlx_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
    curlx_set_socket_callback(handle) { context, _, address in
      guard let context, let address else { return -1 }
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().open(address)
    }
  }

  private func write(_ buffer: UnsafeRawBufferPointer) -> Int {
    guard byteCount + buffer.count <= limit else {
      isTooLarge = true
      return 0
    }
    var rest = buffer[...]
    while let descriptor, !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = writeBytes(descriptor, part.baseAddress, part.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        writeError = errno
        return 0
      }
      rest = rest.dropFirst(written)
    }
    hasher?.update(buffer)
    byteCount += buffer.count
    return buffer.count
  }

  /// Called with every address after the name was looked up, also after redirects, before connecting.
  private func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
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

  private static func bytes(of address: UnsafePointer<sockaddr>?, family: Int32) -> [UInt8] {
    guard let address else { return [] }
    // Behind family and port: 4 bytes in `sockaddr_in`; behind the flow label too: 16 in `sockaddr_in6`.
    let (offset, count) = family == AF_INET ? (4, 4) : family == AF_INET6 ? (8, 16) : (0, 0)
    return Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(address) + offset, count: count))
  }
}

/// `write` under a name that methods of the same name do not hide.
private let writeBytes = write
