internal import HTTP
public import KeyreelCore
public import SystemPackage

/// A bucket of S3, or of a server that speaks as S3 does, as the ground of a shared store.
///
/// Needs conditional writes: `If-None-Match: *` for objects that are written once, `If-Match` for
/// registers. Bytes are sent with their SHA-256, which the server checks.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
public struct S3Space: ObjectSpace {
  /// How to connect.
  public struct Settings: Sendable {
    /// Certificates to trust (PEM); the system's when `nil`.
    public var certificateFile: FilePath?
    /// Pauses before a request with passing troubles is sent again; about a minute in all by default.
    public var pauses: [Duration]
    /// Files above so many bytes travel in parts of that size; S3 wants at least 5 MiB.
    public var partSize: Int
    /// Names that are asked for at a time; S3 gives at most a thousand.
    public var pageSize: Int

    /// Settings for servers anywhere.
    public init(
      certificateFile: FilePath? = nil,
      pauses: [Duration] = [100, 200, 400, 800, 1600, 3000, 5000, 8000, 12_000, 16_000, 16_000]
        .map { .milliseconds($0) },
      partSize: Int = 16 << 20, pageSize: Int = 1000
    ) {
      self.certificateFile = certificateFile
      self.pauses = pauses
      self.partSize = partSize
      self.pageSize = pageSize
    }
  }

  let client: S3Client
  let prefix: String
  let partSize: Int
  private let pageSize: Int

  /// The place `address`, asked by `account`; asks nothing yet.
  public init(_ address: S3Address, account: S3Account, settings: Settings = Settings()) {
    client = S3Client(address, account, settings)
    prefix = address.prefix
    partSize = settings.partSize
    pageSize = settings.pageSize
  }

  /// `s3://bucket/prefix`.
  public var address: String { client.address }

  /// The bytes of a small object, or `nil` when it is not there.
  public func read(_ name: String) throws -> [UInt8]? { try value(name)?.bytes }

  /// Copies an object to the new file `path` and returns the digest of what came, or `nil`.
  public func fetch(_ name: String, to path: FilePath) throws -> Digest? {
    let request = S3Client.Request(method: .get, key: prefix + name, destination: path)
    let answer = try client.send(request).answer
    if Self.isMissing(answer) { return nil }
    guard answer.isSuccess, let digest = answer.digest else {
      throw client.failure(answer, request)
    }
    return digest
  }

  /// Writes a small object unless it is there; tells whether it did.
  public func create(_ name: String, _ bytes: [UInt8]) throws -> Bool {
    try put(name, bytes, ("if-none-match", "*")) != nil
  }

  /// Names that begin with `prefix`, sorted.
  public func names(under start: String) throws -> [String] {
    var names: [String] = []
    var next: String?
    repeat {
      let page = try page(of: start, atMost: pageSize, after: next)
      names += page.names
      next = page.next
    } while next != nil
    return names.sorted()
  }

  /// The first `limit` names (1,000 at most) that begin with `prefix`, in one round trip.
  public func names(under start: String, first limit: Int) throws -> [String] {
    try page(of: start, atMost: limit, after: nil).names
  }

  /// Some of the names that begin with `start`, and the token for those that follow.
  private func page(
    of start: String, atMost count: Int, after token: String?
  ) throws -> (names: [String], next: String?) {
    var query = [
      ("list-type", "2"), ("max-keys", "\(count)"), ("prefix", Self.encoded(prefix + start)),
    ]
    if let token { query.insert(("continuation-token", Self.encoded(token)), at: 0) }
    let request = S3Client.Request(method: .get, query: query)
    let answer = try client.send(request).answer
    guard answer.isSuccess else { throw client.failure(answer, request) }
    let text = S3Text(answer.body)
    let names = text.all("Key").map { String($0.dropFirst(prefix.count)) }
    guard text.first("IsTruncated") == "true" else { return (names, nil) }
    return (names, text.first("NextContinuationToken"))
  }

  /// Removes an object; one that is not there is fine.
  public func remove(_ name: String) throws {
    let request = S3Client.Request(method: .delete, key: prefix + name)
    let answer = try client.send(request).answer
    guard answer.isSuccess || Self.isMissing(answer) else { throw client.failure(answer, request) }
  }

  /// What a register holds, or `nil` when it was never written.
  public func register(_ name: String) throws -> RegisterValue? { try value(name) }

  /// Writes a register's value in place of the version `expected` (`nil`: of nothing).
  public func swap(
    _ name: String, _ bytes: [UInt8], expecting expected: String?
  ) throws -> String? {
    try put(name, bytes, expected.map { ("if-match", $0) } ?? ("if-none-match", "*"))
  }

  /// Writes `bytes` on a condition; returns their version, or `nil` where the condition does not hold.
  private func put(
    _ name: String, _ bytes: [UInt8], _ condition: (name: String, value: String)
  ) throws -> String? {
    let mark = Self.newMark()
    let request = S3Client.Request(
      method: .put, key: prefix + name,
      headers: [
        condition, ("x-amz-checksum-sha256", Base64.text(of: Digest.of(bytes).bytes)),
        (Self.markHeader, mark),
      ], body: bytes)
    let reply = try client.send(request)
    if reply.answer.isSuccess {
      if let version = reply.answer.header("etag") { return version }
      return try value(name)?.version
    }
    guard reply.answer.status == 412 || Self.isMissing(reply.answer) else {
      throw client.failure(reply.answer, request)
    }
    // The condition may have failed because of this very write, whose answer was lost.
    guard reply.isRepeated, let found = try get(name), found.header(Self.markHeader) == mark
    else { return nil }
    return found.header("etag")
  }

  /// Tells one write from all others, also of the same bytes, where its answer gets lost.
  static let markHeader = "x-amz-meta-writer"

  static func newMark() -> String { String(UInt64.random(in: 0 ... .max), radix: 16) }

  private func value(_ name: String) throws -> RegisterValue? {
    guard let answer = try get(name), let version = answer.header("etag") else { return nil }
    return RegisterValue(bytes: answer.body, version: version)
  }

  /// The answer that brings an object; `nil` when it is not there.
  private func get(_ name: String) throws -> HTTPAnswer? {
    let request = S3Client.Request(method: .get, key: prefix + name)
    let answer = try client.send(request).answer
    if Self.isMissing(answer) { return nil }
    guard answer.isSuccess, answer.header("etag") != nil else {
      throw client.failure(answer, request)
    }
    return answer
  }

  /// Whether the object is not there; a bucket that is not there is another matter.
  static func isMissing(_ answer: HTTPAnswer) -> Bool {
    answer.status == 404 && S3Text(answer.body).first("Code") != "NoSuchBucket"
  }

  /// As a value of a query: everything but letters, digits and `- . _ ~` in percent signs.
  static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return result
  }
}

/// Bytes as RFC 4648 writes them.
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  static func text(of bytes: [UInt8]) -> String {
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place > group.count ? "=" : letters[value >> (18 - 6 * place) & 63])
      }
    }
    return text
  }
}
