internal import FalProtocol
internal import FalQueue
internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore
internal import Synchronization

/// Short-lived tokens that stand for a key at the media host, so that the key need not be sent there.
///
/// A token is the end of its life, the key's id and a keyed digest of both; nothing is stored of it. The
/// secret of the digest is in the data folder, so tokens outlive a restart.
final class UploadTokens: Sendable {
  private static let version = "u1"

  private let queue: JobQueue
  private let secret = Mutex<[UInt8]?>(nil)

  init(queue: JobQueue) { self.queue = queue }

  /// A new token for the key `owner`, and when it ends.
  func issue(to owner: String) async throws -> (token: String, end: Timestamp) {
    let end = queue.now + StorageLimits.tokenLife
    let claim = Self.claim(owner, end)
    return ("\(claim).\(try await mac(claim))", end)
  }

  /// Whether `text` is meant to be one of these tokens, sound or not.
  static func isToken(_ text: String) -> Bool { text.hasPrefix(version + ".") }

  /// The key that `token` stands for; `nil` when it is forged, over, or the key was revoked.
  func owner(of token: String) async throws -> String? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == Self.version, let milliseconds = Int64(parts[1]),
      let bytes = Data(base64Encoded: parts[2]),
      let owner = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let end = Timestamp(milliseconds: milliseconds)
    let expected = try await mac(Self.claim(owner, end))
    guard Self.areEqual(expected, parts[3]), queue.now < end else { return nil }
    let isValid = queue.keys.contains { $0.id == owner && $0.revokedAt == nil }
    return isValid ? owner : nil
  }

  private static func claim(_ owner: String, _ end: Timestamp) -> String {
    "\(version).\(end.milliseconds).\(Data(owner.utf8).base64EncodedString())"
  }

  private func mac(_ claim: String) async throws -> String {
    KeyedDigest.of(Array(claim.utf8), secret: try await loadedSecret()).hex
  }

  private func loadedSecret() async throws -> [UInt8] {
    if let known = secret.withLock({ $0 }) { return known }
    let loaded = try await queue.secret(named: "upload-tokens") {
      var generator = SystemRandomNumberGenerator()
      return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
    secret.withLock { $0 = loaded }
    return loaded
  }

  /// Takes as long for a wrong first digit as for a wrong last one.
  private static func areEqual(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    return zip(left.utf8, right.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

/// HMAC-SHA-256 (RFC 2104).
enum KeyedDigest {
  private static let block = 64

  /// The digest of `message` under `secret`.
  static func of(_ message: [UInt8], secret: [UInt8]) -> Digest {
    var key = secret.count > block ? Digest.of(secret).bytes : secret
    key += [UInt8](repeating: 0, count: block - key.count)
    let inner = Digest.of(key.map { $0 ^ 0x36 } + message)
    return Digest.of(key.map { $0 ^ 0x5C } + inner.bytes)
  }
}

/// Lets uploads through: by an upload token, or by the key itself.
struct UploadCheck: Sendable {
  let keys: KeyCheck
  let tokens: UploadTokens

  /// The id of the key that a call's token stands for; refuses calls without a valid one.
  func owner(of call: Call) async throws -> String {
    guard let header = call.headers[.authorization],
      case .bearer(let token)? = Credentials(header), UploadTokens.isToken(token)
    else { return try await keys.owner(of: call) }
    guard let owner = try await tokens.owner(of: token) else {
      throw Refusal(.unauthorized, "The upload token is wrong or over: ask for a new one")
    }
    return owner
  }
}
