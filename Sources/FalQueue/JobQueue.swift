internal import GRDB
internal import KeyreelCore
public import SystemPackage

/// The durable queue and records of a server: jobs, logs, billing, webhooks, files and keys.
///
/// All is in one private data folder, of one process at a time: an SQLite database whose every
/// transaction is forced to the disk, and the bytes of files beside it. What a method returned as done
/// survives a kill and a power failure. All methods may be called from any number of tasks; they
/// throw `OperationError` when the disk or the database fails.
public final class JobQueue: Sendable {
  /// What it was told at opening.
  public let settings: QueueSettings
  /// What was found and done at opening.
  public let recovery: RecoveryReport

  let folder: DataFolder
  let pool: DatabasePool
  let board: ChangeBoard
  let waiting: WaitingList
  let wishes = CancelWishes()
  let batcher: WriteBatcher
  let keyRing: KeyRing
  let lanes: DiskLanes

  /// Opens the data folder at `path`, making it if need be.
  ///
  /// Jobs that were running wait again, those with no attempt left end. Throws `busy` when another
  /// process has the folder, `newerVersion` when a newer program wrote it.
  public static func open(
    _ path: FilePath, settings: QueueSettings = QueueSettings()
  ) async throws -> JobQueue {
    try await OwnThread.run { _ in try JobQueue(path, settings) }
  }

  private init(_ path: FilePath, _ settings: QueueSettings) throws {
    self.settings = settings
    let folder = try DataFolder(path)
    self.folder = folder
    do {
      let pool = try Self.openDatabase(folder.database)
      self.pool = pool
      keyRing = KeyRing(try pool.read(KeyRing.records))
      recovery = try Recovery(folder: folder, settings: settings).run(pool)
      waiting = try pool.read(WaitingList.init)
    } catch {
      folder.release()
      throw OperationError.database(error)
    }
    board = ChangeBoard()
    batcher = WriteBatcher(pool, board: board, waiting: waiting, wishes: wishes)
    lanes = DiskLanes()
  }

  private static func openDatabase(_ path: FilePath) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    configuration.label = "keyreel.queue"
    // Erased payloads are to be gone from the file too.
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA secure_delete = ON") }
    let pool = try DatabasePool(path: path.string, configuration: configuration)
    try pool.writeWithoutTransaction { db in
      // GRDB asks for less, which may lose the last transactions in a power failure.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      // The pages of indexes change with every job: with a log of 16 MiB they are copied to
      // their places less often, and with 16 MiB of memory read again less often.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 4096")
      try db.execute(sql: "PRAGMA cache_size = -16384")
    }
    guard try !pool.read(Schema.migrator.hasBeenSuperseded) else {
      throw OperationError(
        .newerVersion, "the database \(path) was written by a newer keyreel-serve",
        remedy: "use that version, or another data folder (--data)")
    }
    try Schema.migrator.migrate(pool)
    return pool
  }

  /// Finishes what was handed in, ends all streams and lets the folder go; later calls throw.
  public func close() async throws {
    guard batcher.close() else { return }
    board.close()
    let (pool, folder) = (pool, folder)
    try await OwnThread.run { _ in
      do {
        // The writer's own queue is in order: what was handed in before is done before.
        try pool.barrierWriteWithoutTransaction { db in _ = try? db.checkpoint(.truncate) }
        try pool.close()
      } catch { throw OperationError.database(error) }
      folder.release()
    }
  }

  /// Where the data is.
  public var path: FilePath { folder.path }

  /// The time of the queue's clock.
  public var now: Timestamp { settings.now() }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do { return try await pool.read(body) } catch { throw OperationError.database(error) }
  }

  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database, inout Effects) throws -> Value
  ) async throws -> Value {
    try await batcher.write(body)
  }
}
