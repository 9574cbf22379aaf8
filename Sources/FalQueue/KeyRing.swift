internal import GRDB
internal import KeyreelCore
internal import Synchronization

/// The keys in memory, so that a check asks no disk; the data folder has one process at a time.
final class KeyRing: Sendable {
  struct Record: Sendable {
    var key: APIKey
    var salt: [UInt8]
    var hash: [UInt8]
  }

  private let records: Mutex<[String: Record]>

  init(_ records: [Record]) {
    self.records = Mutex(Dictionary(uniqueKeysWithValues: records.map { ($0.key.id, $0) }))
  }

  static func records(_ db: Database) throws -> [Record] {
    try Row.fetchAll(
      db, sql: "SELECT id, name, created_at, revoked_at, salt, hash FROM keys"
    ).map { row in
      Record(
        key: APIKey(
          id: row[0], name: row[1], createdAt: Timestamp(milliseconds: row[2]),
          revokedAt: (row[3] as Int64?).map(Timestamp.at)),
        salt: DatabaseBytes.bytes(row[4]), hash: DatabaseBytes.bytes(row[5]))
    }
  }

  /// Adds or replaces a record.
  func put(_ record: Record) { records.withLock { $0[record.key.id] = record } }

  /// Marks a key as revoked.
  func revoke(_ id: String, at time: Timestamp) {
    records.withLock { $0[id]?.key.revokedAt = time }
  }

  /// All keys, the oldest first.
  var keys: [APIKey] {
    records.withLock { $0.values.map(\.key) }
      .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
  }

  /// The key whose id and secret these are, unless it is revoked.
  ///
  /// An unknown id costs as long as a known one, and a secret is compared to its last byte.
  func check(id: String, secret: String) -> APIKey? {
    let record = records.withLock { $0[id] }
    let expected = record?.hash ?? [UInt8](repeating: 0, count: 32)
    let found = Self.hash(secret, salt: record?.salt ?? [UInt8](repeating: 0, count: 16))
    var difference: UInt8 = expected.count == found.count ? 0 : 1
    for (left, right) in zip(expected, found) { difference |= left ^ right }
    guard let record, difference == 0, record.key.revokedAt == nil else { return nil }
    return record.key
  }

  /// SHA-256 is enough: the secrets are random, nobody can try them out.
  static func hash(_ secret: String, salt: [UInt8]) -> [UInt8] {
    Digest.of(salt + Array(secret.utf8)).bytes
  }
}
