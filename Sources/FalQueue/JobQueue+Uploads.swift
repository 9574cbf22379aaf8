internal import GRDB
internal import KeyreelCore
internal import SystemPackage

extension JobQueue {
  /// Keeps a place for a file whose bytes come later, in one piece or in parts.
  public func beginUpload(_ label: FileLabel) async throws -> Upload {
    let upload = Upload(
      id: RandomText.hex(16), token: RandomText.hex(16), label: label, createdAt: now,
      expiresAt: now + settings.uploadLife, isFinished: false)
    try await write { db, _ in
      try db.run(
        """
        INSERT INTO uploads
          (id, token, name, content_type, owner, created_at, expires_at, file_life, file_access)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          upload.id, upload.token, label.name, label.contentType, label.owner,
          upload.createdAt.milliseconds, upload.expiresAt.milliseconds, label.life?.milliseconds,
          label.access.rawValue,
        ])
    }
    return upload
  }

  /// The upload whose secret is `token`; `nil` when it is unknown, given up or expired.
  public func upload(token: String) async throws -> Upload? {
    try await upload("token", token)
  }

  /// The upload `id`; `nil` when it is unknown, given up or expired.
  public func upload(_ id: String) async throws -> Upload? { try await upload("id", id) }

  private func upload(_ column: String, _ value: String) async throws -> Upload? {
    let now = now
    return try await read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT id, token, name, content_type, owner, created_at, expires_at, file_life,
            EXISTS (SELECT 1 FROM files WHERE files.id = uploads.id), file_access
          FROM uploads WHERE \(column) = ? AND expires_at > ?
          """)
      return try Row.fetchOne(statement, arguments: [value, now.milliseconds]).map { row in
        Upload(
          id: row[0], token: row[1],
          label: FileLabel(
            name: row[2], contentType: row[3], owner: row[4],
            life: (row[7] as Int64?).map { .milliseconds($0) },
            access: try FileAccess(stored: row[9])),
          createdAt: Timestamp(milliseconds: row[5]), expiresAt: Timestamp(milliseconds: row[6]),
          isFinished: row[8])
      }
    }
  }

  /// Begins the bytes of an upload that comes in one piece of at most `limit` bytes.
  ///
  /// When it is finished no other bytes are taken for the upload.
  public func draft(of upload: Upload, limit: Int) async throws -> FileDraft<StoredFile> {
    try await draft(id: upload.id, upload.label, limit)
  }

  /// Begins part `number` (1…10000) of an upload, of at most `limit` bytes.
  public func partDraft(
    _ number: Int, of upload: Upload, limit: Int
  ) async throws -> FileDraft<String> {
    guard (1...10_000).contains(number) else {
      throw OperationError(.badParts, "part numbers go from 1 to 10000, not \(number)")
    }
    return try await draft(part: number, of: upload.id, limit)
  }

  /// Writes the record of a part whose bytes are in their place; returns its ETag.
  func record(
    _ name: UploadPartName, number: Int, _ facts: DraftFile.Facts, _ lane: DiskLane
  ) async throws -> String {
    let (now, folder) = (now, folder)
    let replaced = try await write { db, _ -> String? in
      let upload = try db.cachedStatement(
        sql: """
          SELECT 1 FROM uploads WHERE id = ? AND expires_at > ?
            AND NOT EXISTS (SELECT 1 FROM files WHERE files.id = uploads.id)
          """)
      guard try Row.fetchOne(upload, arguments: [name.upload, now.milliseconds]) != nil else {
        throw OperationError(.notFound, "the upload \(name.upload) is over")
      }
      let old = try String.fetchOne(
        db, sql: "SELECT body FROM parts WHERE upload = ? AND number = ?",
        arguments: [name.upload, number])
      try db.run(
        """
        INSERT OR REPLACE INTO parts (upload, number, body, size, digest) VALUES (?, ?, ?, ?, ?)
        """,
        [name.upload, number, name.body, facts.size, facts.digest.data])
      return old
    }
    if let replaced {
      let path = folder.part(UploadPartName(upload: name.upload, body: replaced))
      try await lane.run { Disk.remove(path) }
    }
    return Self.etag(facts.digest)
  }

  static func etag(_ digest: Digest) -> String { String(digest.hex.prefix(32)) }

  /// Gives an upload up and removes its parts; false when it was over.
  @discardableResult
  public func abortUpload(_ id: String) async throws -> Bool {
    let wasThere = try await write { db, _ in
      try db.run("DELETE FROM uploads WHERE id = ?", [id])
      return db.changesCount > 0
    }
    if wasThere { try await removeParts(of: id) }
    return wasThere
  }

  func removeParts(of id: String) async throws {
    let path = folder.parts.appending(id)
    try await lanes.lane().run { try Disk.removeTree(path) }
  }
}
