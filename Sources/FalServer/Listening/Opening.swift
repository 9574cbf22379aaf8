internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// Opens what follows the listener: the proxy where there is one, then the news that all is ready.
///
/// It fails, and the server with it, when the proxy's port is taken or the news cannot be told.
struct Opening: Service {
  let settings: ListenerSettings
  /// The address of the listener, once it listens.
  let listening: AsyncStream<SocketAddress>
  let logger: Logger
  let ready: @Sendable (_ base: String, _ proxy: String?) throws -> Void

  func run() async throws {
    let address = await cancelWhenGracefulShutdown {
      await listening.first { _ in true }
    }
    guard let address, let port = address.port, let bound = address.ipAddress else { return }
    let proxy = try await proxy(bound, port)
    try ready(
      "\(settings.scheme)://\(settings.host(bound: bound)):\(port)",
      proxy.map { "http://127.0.0.1:\($0.port)" })
    if let proxy {
      try await proxy.run()
    } else {
      try await gracefulShutdown()
    }
  }

  private func proxy(_ bound: String, _ port: Int) async throws -> ConnectProxy? {
    guard let proxyPort = settings.proxyPort else { return nil }
    let near = bound == "0.0.0.0" ? "127.0.0.1" : bound == "::" ? "::1" : bound
    do {
      return try await ConnectProxy.bind(
        port: proxyPort, target: SocketAddress(ipAddress: near, port: port),
        logger: logger)
    } catch {
      throw ListenFailure.told(error, "127.0.0.1", proxyPort, "the proxy")
    }
  }
}
