/// Remembers where pictures were uploaded, so that each distinct one travels once while it lives there.
///
/// Losing it costs another upload and nothing else.
public protocol UploadMemory: Sendable {
  /// The address of the picture with this digest at `origin`, if it is known to live a while longer.
  func address(of digest: Digest, at origin: String) -> String?

  /// Notes that the picture is at `address` until `lifetime` has passed.
  func remember(_ address: String, of digest: Digest, at origin: String, lifetime: Duration)
}
