internal import GRDB
internal import KeyreelCore

/// A key that clients show; its secret is known to its holder alone.
public struct APIKey: Hashable, Sendable {
  /// The public half.
  public var id: String
  /// What people call it.
  public var name: String
  /// When it was made.
  public var createdAt: Timestamp
  /// When it was revoked.
  public var revokedAt: Timestamp?
}

extension JobQueue {
  /// Makes a key; the secret is told this once.
  ///
  /// Clients send `id:secret`.
  public func createKey(named name: String) async throws -> (key: APIKey, secret: String) {
    let key = APIKey(id: RandomText.uuid(), name: name, createdAt: now, revokedAt: nil)
    let secret = RandomText.hex(16)
    try await store(key, secret: secret)
    return (key, secret)
  }

  /// Takes in a key that was chosen elsewhere, such as one from the environment.
  ///
  /// When the id is known its secret is replaced and it is valid again.
  @discardableResult
  public func importKey(
    id: String, secret: String, named name: String
  ) async throws -> APIKey {
    let key = APIKey(id: id, name: name, createdAt: now, revokedAt: nil)
    try await store(key, secret: secret)
    return key
  }

  private func store(_ key: APIKey, secret: String) async throws {
    let salt = RandomText.bytes(16)
    let record = KeyRing.Record(key: key, salt: salt, hash: KeyRing.hash(secret, salt: salt))
    try await write { db, _ in
      try db.run(
        """
        INSERT OR REPLACE INTO keys (id, name, salt, hash, created_at) VALUES (?, ?, ?, ?, ?)
        """,
        [
          key.id, key.name, DatabaseBytes.value(record.salt), DatabaseBytes.value(record.hash),
          key.createdAt.milliseconds,
        ])
    }
    keyRing.put(record)
  }

  /// The key whose id and secret these are; `nil` when unknown, wrong or revoked.
  ///
  /// Asks no disk.
  public func authenticate(id: String, secret: String) -> APIKey? {
    keyRing.check(id: id, secret: secret)
  }

  /// The key whose `id:secret` this is; `nil` when unknown, wrong or revoked.
  public func authenticate(_ credential: String) -> APIKey? {
    let parts = credential.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return authenticate(id: String(parts[0]), secret: parts.count == 2 ? String(parts[1]) : "")
  }

  /// Makes a key invalid for ever; false when it is unknown or was revoked before.
  public func revokeKey(_ id: String) async throws -> Bool {
    let now = now
    let isRevoked = try await write { db, _ in
      try db.run(
        "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
        [now.milliseconds, id])
      return db.changesCount > 0
    }
    if isRevoked { keyRing.revoke(id, at: now) }
    return isRevoked
  }

  /// All keys, the oldest first.
  public var keys: [APIKey] { keyRing.keys }

  /// The secret bytes kept under `name`, such as a signing key's seed; made by `make` the first time.
  public func secret(
    named name: String, make: @escaping @Sendable () -> [UInt8]
  ) async throws -> [UInt8] {
    try await write { db, _ in
      let known = try DatabaseValue.fetchOne(
        db, sql: "SELECT value FROM secrets WHERE name = ?", arguments: [name])
      if let known { return DatabaseBytes.bytes(known) }
      let bytes = make()
      try db.run(
        "INSERT INTO secrets (name, value) VALUES (?, ?)", [name, DatabaseBytes.value(bytes)])
      return bytes
    }
  }
}
