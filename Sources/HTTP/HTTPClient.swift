internal import CCurl
public import KeyreelCore
public import SystemPackage

/// Downloads files over https, streaming to disk in constant memory.
///
/// Guarded against being led astray: https only, also after a redirect; every address that a name leads
/// to is checked after the look-up and right before connecting, so that neither a redirect nor a name
/// that changes its address in between reaches private networks. Behind a proxy the proxy looks names
/// up, so there the check is the proxy's. Reads no environment, no `.netrc`, keeps no cookies.
public struct HTTPClient: Sendable {
  /// How to connect and when to give up.
  public struct Settings: Hashable, Sendable {
    /// Certificates to trust (PEM), as `SSL_CERT_FILE` names them; the system's when `nil`.
    public var certificateFile: FilePath?
    /// A proxy's address; `nil` for none.
    public var proxy: String?
    /// Where connections may go.
    public var reach: NetworkReach
    /// For look-up, connection and TLS handshake.
    public var connectTimeout: Duration
    /// For a transfer in which nothing arrives.
    public var stallTimeout: Duration
    /// For all of a download.
    public var totalTimeout: Duration

    /// Settings for the public internet with patient limits.
    public init(
      certificateFile: FilePath? = nil, proxy: String? = nil,
      reach: NetworkReach = .publicInternet, connectTimeout: Duration = .seconds(20),
      stallTimeout: Duration = .seconds(30), totalTimeout: Duration = .seconds(1800)
    ) {
      self.certificateFile = certificateFile
      self.proxy = proxy
      self.reach = reach
      self.connectTimeout = connectTimeout
      self.stallTimeout = stallTimeout
      self.totalTimeout = totalTimeout
    }
  }

  private let settings: Settings

  /// A client with these settings.
  public init(_ settings: Settings = Settings()) { self.settings = settings }

  /// Downloads `url` to the new file `path` and returns the digest of its bytes.
  ///
  /// Cancelling the task stops the transfer. On any error nothing is left at `path`. Throws an
  /// ``OperationError`` that names the address; `isRetryable` tells whether it may work later.
  public func download(_ url: String, to path: FilePath, maximumBytes: Int) async throws -> Digest {
    try await OwnThread.run { [settings] token in
      try Self.download(url, to: path, maximumBytes: maximumBytes, settings, token)
    }
  }

  private static func download(
    _ url: String, to path: FilePath, maximumBytes: Int, _ settings: Settings,
    _ token: CancellationToken
  ) throws -> Digest {
    try TransferFailure.requireHTTPS(url)
    guard isReady, let handle = curl_easy_init() else {
      throw OperationError(.inputOutput, "libcurl cannot be started")
    }
    defer { curl_easy_cleanup(handle) }
    let sink = try DownloadSink(path)
    defer { sink.discard() }
    let transfer = Transfer(
      into: sink, limit: maximumBytes, reach: settings.proxy == nil ? settings.reach : nil,
      token: token)
    configure(handle, url, settings, maximumBytes)
    transfer.attach(to: handle)
    let code = withExtendedLifetime(transfer) { curl_easy_perform(handle) }
    guard code == CURLE_OK else {
      try token.check()
      throw TransferFailure.error(code, handle, transfer, url: url, limit: maximumBytes)
    }
    try TransferFailure.requireSuccess(handle, url: url)
    return try sink.finish()
  }

  private static func configure(
    _ handle: UnsafeMutableRawPointer, _ url: String, _ settings: Settings, _ limit: Int
  ) {
    connect(handle, url, settings)
    curlx_set_long(handle, CURLOPT_PROTOCOLS, curlx_protocol_https)
    curlx_set_long(handle, CURLOPT_REDIR_PROTOCOLS, curlx_protocol_https)
    curlx_set_long(handle, CURLOPT_FOLLOWLOCATION, 1)
    curlx_set_long(handle, CURLOPT_MAXREDIRS, 5)
    curlx_set_long(handle, CURLOPT_FAILONERROR, 1)
    curlx_set_offset(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(limit))
  }

  /// Whom to trust, no look into the environment, limits of time.
  private static func connect(
    _ handle: UnsafeMutableRawPointer, _ url: String, _ settings: Settings
  ) {
    curlx_set_string(handle, CURLOPT_URL, url)
    curlx_set_long(handle, CURLOPT_NOSIGNAL, 1)
    curlx_set_string(handle, CURLOPT_USERAGENT, "keyreel")
    // An empty text keeps libcurl from looking into the environment.
    curlx_set_string(handle, CURLOPT_PROXY, settings.proxy ?? "")
    curlx_set_string(handle, CURLOPT_NOPROXY, "")
    if let file = settings.certificateFile {
      curlx_set_string(handle, CURLOPT_CAINFO, file.string)
      // Only these: not the system's folder of certificates beside them.
      curlx_set_string(handle, CURLOPT_CAPATH, nil)
    }
    curlx_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds)
    curlx_set_long(handle, CURLOPT_TIMEOUT_MS, settings.totalTimeout.milliseconds)
    curlx_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
    curlx_set_long(
      handle, CURLOPT_LOW_SPEED_TIME, max(1, settings.stallTimeout.milliseconds / 1000))
  }

  /// libcurl's one-time start, which is not thread-safe by itself.
  static let isReady = curlx_global_init() == CURLE_OK
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
