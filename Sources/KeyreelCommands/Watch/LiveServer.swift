#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// Serves live pages to browsers on this machine: a page, its films, a stream of changes; nothing else.
///
/// `docs/decisions/0015-watch-serves-itself.md` says why this is no mode of `keyreel-serve`.
struct LiveServer: Sendable {
  private let listener: Int32
  private let pages: LivePages
  /// The port that it listens on.
  let port: UInt16

  /// More browsers at once wait for their turn.
  private static let connections = 32
  /// Silent browsers are asked after so long whether they are still there.
  private static let ping = Duration.seconds(10)

  /// Listens on `port` of 127.0.0.1, on a free one for 0; throws when it is taken.
  init(_ pages: LivePages, port: UInt16) throws {
    self.pages = pages
    #if canImport(Darwin)
      listener = socket(AF_INET, SOCK_STREAM, 0)
    #else
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    #endif
    var one: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let isBound = withUnsafeMutableBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) { address in
        guard let address = address.baseAddress else { return false }
        return bind(descriptor, address, size) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, address, &size) == 0
      }
    }
    guard isBound else {
      let reason = Errno(rawValue: errno)
      close(listener)
      throw CommandFailure(
        OperationError(
          .inputOutput, "cannot listen on 127.0.0.1:\(port): \(reason.description.lowercased())",
          remedy: "choose another --port, 0 for a free one", underlying: reason), .usage)
    }
    self.port = UInt16(bigEndian: address.sin_port)
  }

  /// Answers browsers until the task is cancelled.
  func run() async {
    let (arrivals, arrival) = AsyncStream<Int32>.makeStream(
      bufferingPolicy: .bufferingOldest(Self.connections))
    await withDiscardingTaskGroup { group in
      group.addTask { [listener] in
        _ = try? await OwnThread.run { token in
          Self.accept(on: listener, token) { arrival.yield($0) }
        }
        arrival.finish()
      }
      for await socket in arrivals { group.addTask { await answer(LiveConnection(socket)) } }
      group.cancelAll()
    }
    close(listener)
  }

  private static func accept(
    on listener: Int32, _ token: CancellationToken,
    _ body: (Int32) -> AsyncStream<Int32>.Continuation.YieldResult
  ) {
    while !token.isCancelled {
      var place = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      guard poll(&place, 1, 200) > 0 else { continue }
      #if canImport(Darwin)
        let socket = Darwin.accept(listener, nil, nil)
      #else
        let socket = Glibc.accept(listener, nil, nil)
      #endif
      guard socket >= 0 else { continue }
      _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
      if case .dropped(let socket) = body(socket) { close(socket) }
    }
  }

  private func answer(_ connection: LiveConnection) async {
    defer { connection.close() }
    do {
      let head = try await OwnThread.run { try connection.head(token: $0) }
      let request = try LiveRequest(head, port: port)
      if request.path == "/changes" {
        try await tell(connection)
      } else {
        try await OwnThread.run { [pages] token in
          try connection.answer(request, with: pages, token: token)
        }
      }
    } catch let refusal as LiveRequest.Refusal {
      _ = try? await OwnThread.run { _ in try connection.refuse(refusal.rawValue, refusal.text) }
    } catch {
      // A browser that went away is no news.
    }
  }

  /// Server-sent events, until the browser goes.
  private func tell(_ connection: LiveConnection) async throws {
    let news = pages.news()
    try connection.begin(type: "text/event-stream")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await item in news { try connection.send(item.event) }
      }
      group.addTask {
        while true {
          try await Task.sleep(for: Self.ping)
          try connection.send(": still here\n\n")
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
