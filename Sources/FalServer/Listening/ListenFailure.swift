#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import NIOCore

/// Why an address cannot be listened on, told with what to do.
enum ListenFailure {
  /// The failure of binding `address`:`port` for `what`; other errors stay as they are.
  static func told(_ error: any Error, _ address: String, _ port: Int, _ what: String) -> any Error
  {
    if error is SocketAddressError || error is SocketAddressError.UnknownHost {
      return OperationError(
        .unsupported, "\(what) cannot listen on \(address): it is no address of this machine",
        remedy: "give an address of this machine (--listen)", underlying: error)
    }
    guard let failure = error as? IOError else { return error }
    switch failure.errnoCode {
    case EADDRINUSE:
      return OperationError(
        .busy, "\(what) cannot listen on \(address):\(port): the port is in use",
        remedy: "stop the program that has it, or choose another one (--port; 0 picks a free one)",
        underlying: error)
    case EACCES:
      return OperationError(
        .permissionDenied, "\(what) may not listen on \(address):\(port)",
        remedy: "choose a port from 1024 (--port)", underlying: error)
    case EADDRNOTAVAIL:
      return OperationError(
        .unsupported, "\(what) cannot listen on \(address): it is no address of this machine",
        remedy: "give an address of this machine (--listen)", underlying: error)
    default:
      return OperationError(
        .network, "\(what) cannot listen on \(address):\(port): \(failure)", underlying: error)
    }
  }
}
