internal import Hummingbird
internal import NIOCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the server knows of a request beside the request itself: its connection, too.
struct CallContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The connection that the request came on.
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// Ends the connection in order.
  func closeConnection() async throws { try await channel.close().get() }

  /// Ends the connection at once, with a reset; what is returned never reaches the client.
  func resetConnection() async -> Response {
    // Closing without waiting for what is under way is what makes the system send a reset.
    let socket = channel as? any SocketOptionProvider
    try? await socket?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    try? await channel.close().get()
    return Response(status: .internalServerError)
  }
}
