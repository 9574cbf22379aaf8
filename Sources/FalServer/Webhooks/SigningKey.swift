internal import CCrypto
internal import FalProtocol
internal import FalQueue
internal import KeyreelCore

/// The Ed25519 key that webhooks are signed with; its seed is kept in the data folder.
struct SigningKey: Sendable {
  /// 32 bytes that the key is made from; a secret.
  private let seed: [UInt8]
  /// The public half, 32 bytes.
  let publicKey: [UInt8]

  /// The key made from `seed`; throws for seeds that are not 32 bytes.
  init(seed: [UInt8]) throws {
    self.seed = seed
    let key = try KeyPair(ed25519Seed: seed)
    var bytes = [UInt8](repeating: 0, count: 32)
    var count = bytes.count
    try Libcrypto.check(EVP_PKEY_get_raw_public_key(key.pointer, &bytes, &count))
    publicKey = bytes
  }

  /// The key of `queue`, made at its first use.
  static func kept(in queue: JobQueue) async throws -> SigningKey {
    try SigningKey(
      seed: await queue.secret(named: "webhook-signing-seed") {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      })
  }

  /// The signature of `text`, 64 bytes.
  func sign(_ text: String) throws -> [UInt8] {
    let key = try KeyPair(ed25519Seed: seed)
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    try Libcrypto.check(EVP_DigestSignInit(context, nil, nil, nil, key.pointer))
    let bytes = Array(text.utf8)
    var signature = [UInt8](repeating: 0, count: 64)
    var count = signature.count
    try Libcrypto.check(EVP_DigestSign(context, &signature, &count, bytes, bytes.count))
    return signature
  }

  /// The key set that receivers check signatures with.
  var keySet: JSONValue {
    WebhookMessage.keySet([
      (id: String(Digest.of(publicKey).hex.prefix(16)), x: Self.base64URL(publicKey))
    ])
  }

  /// Base64 for URLs, without padding (RFC 4648, section 5).
  static func base64URL(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let padded = (group + [0, 0]).prefix(3)
      let value = padded.reduce(0) { $0 << 8 | Int($1) }
      for digit in 0...group.count { text.append(digits[value >> (18 - 6 * digit) & 63]) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension KeyPair {
  /// The Ed25519 key made from 32 bytes.
  init(ed25519Seed seed: [UInt8]) throws {
    try self.init(taking: EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count))
  }
}
