internal import GRDB
internal import KeyreelCore
internal import Synchronization

/// Puts the writes of many callers into one transaction, so that they share one forced disk write.
///
/// What comes in while a transaction is on its way to the disk goes into the next one; a lone caller
/// waits for nobody. A write that throws undoes itself alone. A caller's cancellation undoes nothing.
final class WriteBatcher: Sendable {
  private struct Write: Sendable {
    /// Does the work and returns how to answer the caller.
    let run: @Sendable (Database, inout Effects) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
  }

  private struct State {
    var waiting: [Write] = []
    var isDraining = false
    var isClosed = false
  }

  /// Most writes in one transaction, so that nobody waits long for the others.
  private static let limit = 256

  private let pool: DatabasePool
  private let board: ChangeBoard
  private let waiting: WaitingList
  private let wishes: CancelWishes
  private let state = Mutex(State())

  init(
    _ pool: DatabasePool, board: ChangeBoard, waiting: WaitingList, wishes: CancelWishes
  ) {
    self.waiting = waiting
    self.wishes = wishes
    self.pool = pool
    self.board = board
  }

  /// Runs `body` in a transaction; what it returns is on the disk when this returns.
  ///
  /// `body` may run more than once, so it must change nothing but the database and the topics.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database, inout Effects) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let write = Write(
        run: { db, effects in
          let value = try body(db, &effects)
          return { continuation.resume(returning: value) }
        },
        fail: { continuation.resume(throwing: OperationError.database($0)) })
      enqueue(write)
    }
  }

  private func enqueue(_ write: Write) {
    let isClosed = state.withLock { state in
      guard !state.isClosed else { return true }
      state.waiting.append(write)
      guard !state.isDraining else { return false }
      state.isDraining = true
      // Handed over under the lock, so that what was taken in comes before the end of the queue.
      pool.asyncWriteWithoutTransaction { [self] db in drain(db) }
      return false
    }
    if isClosed { write.fail(OperationError(.interrupted, "the queue is closed")) }
  }

  private func drain(_ db: Database) {
    while true {
      let batch = state.withLock { state in
        let batch = Array(state.waiting.prefix(Self.limit))
        state.waiting.removeFirst(batch.count)
        state.isDraining = !batch.isEmpty
        return batch
      }
      if batch.isEmpty { return }
      commit(batch, db)
    }
  }

  private func commit(_ batch: [Write], _ db: Database) {
    var effects = Effects()
    var answers: [@Sendable () -> Void] = []
    do {
      try db.inTransaction(.immediate) {
        for write in batch {
          answers.append(try attempt(write, db, &effects, isAlone: batch.count == 1))
        }
        return .commit
      }
    } catch {
      // One of many may be too much for the disk: each gets its own chance and its own answer.
      guard batch.count > 1 else { return batch.forEach { $0.fail(error) } }
      for write in batch { commit([write], db) }
      return
    }
    waiting.apply(effects.moves)
    wishes.apply(effects.wishes)
    board.post(effects.topics)
    for answer in answers { answer() }
  }

  /// Runs one write; one that fails is undone and answered with its error.
  private func attempt(
    _ write: Write, _ db: Database, _ effects: inout Effects, isAlone: Bool
  ) throws -> @Sendable () -> Void {
    var own = effects
    if isAlone {
      let answer = try write.run(db, &own)
      effects = own
      return answer
    }
    try db.cachedStatement(sql: "SAVEPOINT one_write").execute()
    do {
      let answer = try write.run(db, &own)
      try db.cachedStatement(sql: "RELEASE one_write").execute()
      effects = own
      return answer
    } catch {
      // Some errors (a full disk) undo the whole transaction: then all writes are tried alone.
      guard db.isInsideTransaction else { throw error }
      try db.cachedStatement(sql: "ROLLBACK TO one_write").execute()
      try db.cachedStatement(sql: "RELEASE one_write").execute()
      return { write.fail(error) }
    }
  }

  /// Refuses further writes; those handed in are done.
  ///
  /// False when it was closed before.
  func close() -> Bool {
    state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
  }
}
