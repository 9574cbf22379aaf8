internal import HTTP
internal import KeyreelCore

/// AWS Signature Version 4 for a time that is not this machine's.
///
/// libcurl signs for the clock of the machine, and some of its versions send a time that they are given
/// twice, which no server takes.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
struct ClockedSignature {
  let account: S3Account
  /// `20261123T030405Z`.
  let stamp: String
  /// `https://host/bucket`.
  let base: String

  /// The value of the header `authorization` for a request with these headers.
  func authorization(_ request: S3Client.Request, _ headers: [(name: String, value: String)])
    -> String
  {
    let place = base.drop { $0 != ":" }.dropFirst(3)
    let host = place.prefix { $0 != "/" }
    let path = place.dropFirst(host.count) + (request.key.isEmpty ? "/" : "/\(request.key)")
    let signed = (headers + [("host", String(host))]).sorted { $0.name < $1.name }
    let names = signed.map(\.name).joined(separator: ";")
    let text = [
      request.method.rawValue, String(path),
      request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"),
      signed.map { "\($0.name):\($0.value)\n" }.joined(), names,
      Digest.of(request.body ?? []).hex,
    ].joined(separator: "\n")
    let scope = [String(stamp.prefix(8)), account.region, "s3", "aws4_request"]
    let key = scope.reduce(Array("AWS4\(account.secret)".utf8)) { Self.code($1, under: $0).bytes }
    let order = ["AWS4-HMAC-SHA256", stamp, scope.joined(separator: "/"), Digest.of(text).hex]
      .joined(separator: "\n")
    let signature = Self.code(order, under: key)
    return "AWS4-HMAC-SHA256 Credential=\(account.keyID)/\(scope.joined(separator: "/")), "
      + "SignedHeaders=\(names), Signature=\(signature)"
  }

  /// HMAC-SHA256 (RFC 2104).
  private static func code(_ text: String, under key: [UInt8]) -> Digest {
    let short = key.count > 64 ? Digest.of(key).bytes : key
    let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
    let inner = Digest.of(padded.map { $0 ^ 0x36 } + Array(text.utf8)).bytes
    return Digest.of(padded.map { $0 ^ 0x5C } + inner)
  }
}
