internal import KeyreelCore

/// How much the storage and media hosts take; documented in `docs/serve-api.md`.
enum StorageLimits {
  /// Bytes of a file that comes in one piece.
  static let file = 1 << 30
  /// Bytes of one part; fal's clients send 10 MiB.
  static let part = 100 << 20
  /// Bytes of a file that comes in parts.
  static let wholeOfParts = 5 << 30
  /// Bytes of a JSON body; ten thousand parts with their tags fit.
  static let message = 2 << 20
  /// How long an upload token is good; a multipart upload uses one token from begin to end.
  static let tokenLife = Duration.seconds(3600)
}
