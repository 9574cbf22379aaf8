internal import ServiceLifecycle

/// What a service that hands out work waits for.
enum Wake: Sendable {
  /// There may be work.
  case look
  /// Somebody who worked is free again.
  case ended

  /// Runs `body` with the wakes that `signals` and `body` itself give, until the server is told to stop.
  ///
  /// The first one comes at once. Work that `body` began may go on after the wakes have ended.
  static func whileServing(
    _ signals: AsyncStream<Void>,
    _ body: (_ wakes: AsyncStream<Wake>, _ post: @escaping @Sendable (Wake) -> Void) async -> Void
  ) async {
    let (wakes, post) = AsyncStream<Wake>.makeStream()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in signals { post.yield(.look) }
      }
      group.addTask {
        try? await gracefulShutdown()
        post.finish()
      }
      post.yield(.look)
      await body(wakes) { post.yield($0) }
      group.cancelAll()
    }
  }
}
