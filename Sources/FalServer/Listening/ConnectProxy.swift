internal import FalProtocol
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// A CONNECT proxy that leads fal's host names to this server's own TLS listener, and nowhere else.
///
/// fal's Python client has the names of its storage hosts written into its code, so this is how it can
/// be pointed here unchanged (`HTTPS_PROXY`). No other host is ever connected to.
struct ConnectProxy: Sendable {
  private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  /// Tunnels at once; what is more is closed.
  private static let tunnelLimit = 1024

  /// Where it listens, on the loopback address.
  let port: Int
  private let listener: NIOAsyncChannel<Connection, Never>
  /// Where tunnels lead to.
  private let target: SocketAddress
  private let logger: Logger

  /// Listens on `port` of the loopback address, 0 for a free one; tunnels lead to `target`.
  static func bind(port: Int, target: SocketAddress, logger: Logger) async throws -> ConnectProxy {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .bind(host: "127.0.0.1", port: port) { channel in
        Self.wrap(channel)
      }
    return ConnectProxy(
      port: listener.channel.localAddress?.port ?? port, listener: listener, target: target,
      logger: logger)
  }

  private init(
    port: Int, listener: NIOAsyncChannel<Connection, Never>, target: SocketAddress, logger: Logger
  ) {
    self.port = port
    self.listener = listener
    self.target = target
    self.logger = logger
  }

  /// Bytes in, bytes out; each direction ends by itself.
  private static func wrap(_ channel: any Channel) -> EventLoopFuture<Connection> {
    channel.eventLoop.makeCompletedFuture {
      try NIOAsyncChannel(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: true))
    }
  }

  /// Accepts until the server is told to stop; then waits for the tunnels, which end with it.
  func run() async throws {
    let count = Counter()
    try await withGracefulShutdownHandler {
      try await withThrowingDiscardingTaskGroup { tunnels in
        try await listener.executeThenClose { connections in
          for try await connection in connections {
            guard count.change(by: 1) <= Self.tunnelLimit else {
              count.change(by: -1)
              connection.channel.close(promise: nil)
              continue
            }
            tunnels.addTask {
              await serve(connection)
              count.change(by: -1)
            }
          }
        }
      }
    } onGracefulShutdown: {
      listener.channel.close(promise: nil)
    }
  }

  private func serve(_ client: Connection) async {
    do {
      try await client.executeThenClose { inbound, outbound in
        var reader = inbound.makeAsyncIterator()
        // A client that is slow to say what it wants is not waited for.
        let impatience = client.channel.eventLoop.scheduleTask(in: .seconds(10)) {
          client.channel.close(promise: nil)
        }
        defer { impatience.cancel() }
        var head = ConnectRequest.Head()
        while head.isOpen, let bytes = try await reader.next() { head.append(bytes) }
        switch ConnectRequest(head) {
        case .refused(let status, let sentence):
          logger.info("refused to connect", metadata: ["reason": "\(sentence)"])
          try await outbound.write(ConnectRequest.answer(status, sentence))
          outbound.finish()
        case .tunnel:
          impatience.cancel()
          try await tunnel(client.channel, &reader, outbound, first: head.rest)
        }
      }
    } catch {
      // One side went away in the middle: a tunnel has nobody to tell.
      logger.debug("tunnel broke", metadata: ["error": "\(error)"])
    }
  }

  private func tunnel(
    _ channel: any Channel, _ reader: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
    _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, first: ByteBuffer
  ) async throws {
    let server: Connection
    do {
      server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connectTimeout(.seconds(5))
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connect(to: target) { Self.wrap($0) }
    } catch {
      try await outbound.write(
        ConnectRequest.answer("502 Bad Gateway", "The server does not answer."))
      return outbound.finish()
    }
    try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 Connection Established\r\n\r\n"))
    try await server.executeThenClose { fromServer, toServer in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for try await bytes in fromServer {
            try await outbound.write(bytes)
            // Only now has the connection said whether it takes more.
            try await channel.eventLoop.submit {}.get()
          }
          outbound.finish()
          // The server has said all; a client that keeps its side open has a moment to close it.
          channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        }
        if first.readableBytes > 0 { try await toServer.write(first) }
        while let bytes = try await reader.next() {
          try await toServer.write(bytes)
          try await server.channel.eventLoop.submit {}.get()
        }
        toServer.finish()
        try await group.next()
      }
    }
  }
}

/// A number that many tasks change.
private final class Counter: Sendable {
  private let value = Atomic(0)

  /// Adds `step` and returns the sum.
  @discardableResult
  func change(by step: Int) -> Int { value.add(step, ordering: .relaxed).newValue }
}
