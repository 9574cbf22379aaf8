public import KeyreelCore

/// Where a store's objects are: a bucket, a prefix in it, and the server that has the bucket.
public struct S3Address: Hashable, Sendable {
  /// The bucket.
  public let bucket: String
  /// What all names begin with: empty, or something that ends in a slash.
  public let prefix: String

  /// Reads `s3://bucket/prefix`; throws `unsupported` for anything else.
  ///
  /// The bucket's name follows S3's rules; the prefix is made of letters, digits and `. - _ /`.
  public init(_ text: String) throws(OperationError) {
    let parts = text.dropFirst(Self.scheme.count)
      .split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    guard text.lowercased().hasPrefix(Self.scheme),
      !text.dropFirst(Self.scheme.count).hasPrefix("/"),
      let bucket = parts.first,
      (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy(Self.isOfBucket),
      parts.dropFirst().allSatisfy({
        $0 != "." && $0 != ".." && $0.utf8.allSatisfy(Self.isOfPrefix)
      })
    else {
      throw OperationError(
        .unsupported, "\(text) is not the address of a bucket",
        remedy: "write it as s3://bucket/prefix, in letters, digits and . - _")
    }
    self.bucket = bucket
    prefix = parts.dropFirst().map { $0 + "/" }.joined()
  }

  /// Whether `text` is meant as the address of a bucket.
  public static func isMeant(by text: String) -> Bool { text.lowercased().hasPrefix(scheme) }

  private static let scheme = "s3://"

  private static func isOfBucket(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x61...0x7A, 0x2D, 0x2E: true
    default: false
    }
  }

  private static func isOfPrefix(_ byte: UInt8) -> Bool {
    isOfBucket(byte) || (0x41...0x5A).contains(byte) || byte == 0x5F
  }
}

extension S3Address: CustomStringConvertible {
  /// `s3://bucket/prefix`.
  public var description: String {
    "s3://\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix.dropLast())")
  }
}

/// Where a bucket's server is, and how its bucket is named there.
struct S3Endpoint: Hashable, Sendable {
  /// `https://host` with the bucket in it, without a slash at the end.
  let base: String

  /// The server's address as configured, or Amazon's in `region`.
  init(configured: String?, region: String, bucket: String) {
    if let configured {
      let trimmed = configured.hasSuffix("/") ? String(configured.dropLast()) : configured
      // Servers of one's own are rarely known by a name for every bucket.
      base = "\(trimmed)/\(bucket)"
    } else if bucket.contains(".") {
      // A certificate for `*.s3…` does not cover a name with further dots.
      base = "https://s3.\(region).amazonaws.com/\(bucket)"
    } else {
      base = "https://\(bucket).s3.\(region).amazonaws.com"
    }
  }
}
