import Dispatch
import KeyreelCore
import Synchronization

/// Blocking work on many things, several at once, on threads of their own.
enum Errands {
  /// Does `body` for each of `items`; throws the first error after all threads have ended.
  static func run<Item: Sendable>(
    _ items: [Item], width: Int, _ body: @escaping @Sendable (Item) throws -> Void
  ) throws {
    guard items.count > 1 else {
      for item in items { try body(item) }
      return
    }
    let state = Mutex((next: 0, error: (any Error)?.none))
    let group = DispatchGroup()
    for _ in 0..<min(width, items.count) {
      group.enter()
      OwnThread.start {
        defer { group.leave() }
        while true {
          let index = state.withLock { state -> Int? in
            guard state.error == nil, state.next < items.count else { return nil }
            defer { state.next += 1 }
            return state.next
          }
          guard let index else { return }
          do { try body(items[index]) } catch {
            state.withLock { $0.error = $0.error ?? error }
          }
        }
      }
    }
    group.wait()
    if let error = state.withLock({ $0.error }) { throw error }
  }
}
