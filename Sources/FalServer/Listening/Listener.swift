internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import KeyreelCore
internal import Logging
internal import NIOCore
public import SystemPackage

/// Where a server listens and how it proves who it is.
public struct ListenerSettings: Sendable, Hashable {
  /// A certificate chain and its private key, both PEM files.
  public struct Certificate: Sendable, Hashable {
    /// The chain, the server's own certificate first.
    public var chain: FilePath
    /// The private key of the first certificate.
    public var key: FilePath

    /// The certificate in `chain` with the private key in `key`.
    public init(chain: FilePath, key: FilePath) {
      self.chain = chain
      self.key = key
    }
  }

  /// The address to bind, `127.0.0.1`.
  public var address: String
  /// The port; 0 has the system pick a free one.
  public var port: Int
  /// Speaks https with this; plain http without.
  public var certificate: Certificate?
  /// The port of the proxy for fal's host names, 0 for a free one; `nil` for no proxy.
  public var proxyPort: Int?

  /// Settings to listen on `address`:`port`.
  public init(
    address: String, port: Int, certificate: Certificate? = nil, proxyPort: Int? = nil
  ) {
    self.address = address
    self.port = port
    self.certificate = certificate
    self.proxyPort = proxyPort
  }

  /// `https` or `http`.
  var scheme: String { certificate == nil ? "http" : "https" }

  /// How this machine reaches a listener that is bound to the address `bound`, as in a URL.
  func host(bound: String) -> String {
    let near =
      switch bound {
      // All addresses include the loopback one.
      case "0.0.0.0": "127.0.0.1"
      case "::": "::1"
      default: bound
      }
    // A name is what a certificate of one's own stands for; `localhost` may mean two addresses.
    if !CertificateNames.isAddress(address), address != "localhost" { return address }
    return near.contains(":") ? "[\(near)]" : near
  }
}

extension ListenerSettings {
  /// How connections are spoken on; throws for certificates that cannot be read.
  func builder() throws -> HTTPServerBuilder {
    let limits = RequestLimits()
    let plain = HTTPServerBuilder { responder in
      GuardedChannel(
        base: HTTP1Channel(
          responder: responder,
          configuration: .init(idleTimeout: limits.idle, httpDecoderConfiguration: limits.header)),
        limits: limits)
    }
    guard let certificate else { return plain }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(certificate.chain.string)
      let key = try NIOSSLPrivateKey(file: certificate.key.string, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      configuration.applicationProtocols = ["http/1.1"]
      return try .tls(plain, tlsConfiguration: configuration)
    } catch {
      throw OperationError(
        .unsupported, "the certificate \(certificate.chain) or its key cannot be read: \(error)",
        remedy: "give PEM files of a certificate chain and its private key")
    }
  }
}
