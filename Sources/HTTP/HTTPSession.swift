internal import CCurl
internal import KeyreelCore
internal import Synchronization
public import SystemPackage

/// Makes many HTTP calls at once on one thread: libcurl's multi interface.
///
/// A call goes out once. Connections are kept and used again, but no request is ever sent a second time
/// behind the caller's back, and no redirect is followed; ``HTTPFailure/mayHaveArrived`` tells whether
/// a failed one may have had an effect. Reads no environment, no `.netrc`, keeps no cookies.
public final class HTTPSession: Sendable {
  /// How to connect.
  public struct Settings: Hashable, Sendable {
    /// Certificates to trust (PEM), as `SSL_CERT_FILE` names them; the system's when `nil`.
    public var certificateFile: FilePath?
    /// Where connections may go; anywhere when `nil`.
    public var reach: NetworkReach?
    /// Whether addresses may begin with `http://`, for rehearsals on this machine.
    public var allowsPlainHTTP: Bool
    /// Connections at once to one host; further calls wait.
    public var connectionsPerHost: Int
    /// For look-up, connection and TLS handshake.
    public var connectTimeout: Duration

    /// Settings for servers on the public internet.
    public init(
      certificateFile: FilePath? = nil, reach: NetworkReach? = .publicInternet,
      allowsPlainHTTP: Bool = false, connectionsPerHost: Int = 256,
      connectTimeout: Duration = .seconds(20)
    ) {
      self.certificateFile = certificateFile
      self.reach = reach
      self.allowsPlainHTTP = allowsPlainHTTP
      self.connectionsPerHost = connectionsPerHost
      self.connectTimeout = connectTimeout
    }
  }

  private let loop: CallLoop

  /// A session with these settings; its thread starts at once and ends with the session.
  public init(_ settings: Settings = Settings()) {
    loop = CallLoop(settings)
    loop.start()
  }

  deinit { loop.stop() }

  /// Makes `call` and returns the whole answer, whatever its status.
  ///
  /// Throws an ``HTTPFailure``. Cancelling the task breaks the connection off. A destination file is new,
  /// forced to the disk, and removed again on any failure.
  public func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    try await loop.perform(call, reader: nil)
  }

  /// Makes `call` and hands the pieces of the answer's body to `reader` as they come.
  ///
  /// `reader` runs on the session's thread and must return quickly; it ends the call by returning
  /// `false`, which is no failure. Pieces of answers whose status is no success are kept in the answer.
  public func stream(
    _ call: HTTPCall, reader: @escaping @Sendable ([UInt8]) -> Bool
  ) async throws -> HTTPAnswer {
    try await loop.perform(call, reader: reader)
  }
}
