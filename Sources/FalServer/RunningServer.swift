public import SystemPackage

/// A server that listens: where, and what a client needs to reach it.
public struct RunningServer: Sendable {
  /// Scheme, host and port, `https://127.0.0.1:8470`.
  public let base: String
  /// A usable API key.
  public let key: String
  /// The CONNECT proxy for fal's host names, where there is one: `http://127.0.0.1:8471`.
  public let proxy: String?
  /// The certificates that a client must trust, where they are not the system's.
  public let certificateFile: FilePath?

  /// A server at `base` that takes `key`.
  public init(
    base: String, key: String, proxy: String? = nil, certificateFile: FilePath? = nil
  ) {
    self.base = base
    self.key = key
    self.proxy = proxy
    self.certificateFile = certificateFile
  }
}
