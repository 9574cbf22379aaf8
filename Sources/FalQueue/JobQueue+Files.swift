internal import GRDB
internal import KeyreelCore
public import SystemPackage

extension JobQueue {
  /// Begins a file of at most `limit` bytes.
  public func newFile(_ label: FileLabel, limit: Int) async throws -> FileDraft<StoredFile> {
    try await draft(id: RandomText.hex(16), label, limit)
  }

  /// A path for a new private file on the data folder's own file system, for ``adopt(_:as:)``.
  ///
  /// What is there at the next opening is removed.
  public func stagePath(ending: String) -> FilePath {
    folder.drafts.appending("\(RandomText.hex(16)).\(ending)")
  }

  /// Puts the finished file at a path given by ``stagePath(ending:)`` in its place.
  ///
  /// It gets its record with the ending of the job that made it, or is to be discarded.
  public func place(_ staged: FilePath, as label: FileLabel) async throws -> StoredFile {
    let id = RandomText.hex(16)
    let target = folder.file(id)
    let facts = try await lanes.lane().run {
      let facts = try Disk.settle(staged)
      guard try Disk.giveName(target, to: staged) else {
        throw OperationError(.alreadyThere, "the file \(id) is there already")
      }
      return facts
    }
    return file(id: id, label, facts)
  }

  /// Removes the bytes of files that get no record.
  public func discard(_ files: [StoredFile]) async {
    guard !files.isEmpty else { return }
    try? await lanes.lane().run { for file in files { Disk.remove(file.path) } }
  }

  private func file(id: String, _ label: FileLabel, _ facts: DraftFile.Facts) -> StoredFile {
    StoredFile(
      id: id, name: label.name, contentType: label.contentType, size: facts.size,
      digest: facts.digest, createdAt: now, expiresAt: label.life.map { now + $0 },
      owner: label.owner, jobID: label.jobID, access: label.access, path: folder.file(id))
  }

  static func insert(_ file: StoredFile, _ db: Database) throws {
    try db.run(
      """
      INSERT INTO files
        (id, name, content_type, size, digest, created_at, expires_at, owner, job_id, access)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        file.id, file.name, file.contentType, file.size, file.digest.data,
        file.createdAt.milliseconds, file.expiresAt?.milliseconds, file.owner, file.jobID,
        file.access.rawValue,
      ])
  }

  /// Writes the record of a file whose bytes are in their place, or finds the one of the same bytes.
  func record(id: String, label: FileLabel, _ facts: DraftFile.Facts) async throws -> StoredFile {
    guard facts.isNew else {
      guard let earlier = try await file(id) else {
        throw OperationError(
          .busy, "the file \(id) is being written by another request", isRetryable: true)
      }
      guard earlier.digest == facts.digest else {
        throw OperationError(.alreadyThere, "the file \(id) is there already, with other bytes")
      }
      return earlier
    }
    let file = file(id: id, label, facts)
    do { try await write { db, _ in try Self.insert(file, db) } } catch {
      await discard([file])
      throw error
    }
    return file
  }

  /// The file `id`; `nil` when it is unknown or has expired.
  public func file(_ id: String) async throws -> StoredFile? {
    let (now, folder) = (now, folder)
    return try await read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT \(StoredFile.columns) FROM files
          WHERE id = ? AND (expires_at IS NULL OR expires_at > ?)
          """)
      return try Row.fetchOne(statement, arguments: [id, now.milliseconds])
        .map { try StoredFile($0, folder) }
    }
  }

  /// The files that a job made, the oldest first.
  public func files(ofJob id: String) async throws -> [StoredFile] {
    let (now, folder) = (now, folder)
    return try await read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT \(StoredFile.columns) FROM files
          WHERE job_id = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY created_at, id
          """)
      return try Row.fetchAll(statement, arguments: [id, now.milliseconds])
        .map { try StoredFile($0, folder) }
    }
  }

  /// Removes a file; false when it was not there.
  @discardableResult
  public func removeFile(_ id: String) async throws -> Bool {
    let wasThere = try await write { db, _ in
      try db.run("DELETE FROM files WHERE id = ?", [id])
      return db.changesCount > 0
    }
    // The record goes first: bytes without a record are removed at the next opening.
    let path = folder.file(id)
    if wasThere { try await lanes.lane().run { Disk.remove(path) } }
    return wasThere
  }
}

extension StoredFile {
  static let columns = """
    id, name, content_type, size, digest, created_at, expires_at, owner, job_id, access
    """

  init(_ row: Row, _ folder: DataFolder) throws {
    id = row[0]
    name = row[1]
    contentType = row[2]
    size = row[3]
    digest = try Digest(row[4] as DatabaseValue)
    createdAt = Timestamp(milliseconds: row[5])
    expiresAt = (row[6] as Int64?).map(Timestamp.at)
    owner = row[7]
    jobID = row[8]
    access = try FileAccess(stored: row[9])
    path = folder.file(id)
  }
}

extension FileAccess {
  /// The access that a column holds; a file of an unknown one is shown to nobody.
  init(stored: Int) throws {
    guard let access = FileAccess(rawValue: stored) else {
      throw OperationError(.corrupt, "the database holds a file of an unknown access")
    }
    self = access
  }
}

extension Disk {
  /// Makes a finished file private, forces it to the disk and tells its size and digest.
  static func settle(_ path: FilePath) throws -> DraftFile.Facts {
    let file = try calling("read", path) {
      try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
    }
    defer { try? file.close() }
    try makePrivate(file, path)
    var hasher = DigestHasher()
    var size = 0
    try forEachChunk(of: file, path) {
      hasher.update($0)
      size += $0.count
    }
    try sync(file, path)
    return DraftFile.Facts(size: size, digest: hasher.finalize())
  }

  /// Hands the bytes of an open file to `body`, in pieces of at most 1 MiB.
  static func forEachChunk(
    of file: FileDescriptor, _ path: FilePath, _ body: ([UInt8]) throws -> Void
  ) throws {
    var chunk = [UInt8](repeating: 0, count: min(1 << 20, max(4096, (size(of: path) ?? 0) + 1)))
    while true {
      let count = try calling("read", path) {
        try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
      }
      if count == 0 { return }
      try body(count == chunk.count ? chunk : Array(chunk[..<count]))
    }
  }
}
