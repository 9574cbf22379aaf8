public import FalProtocol
internal import KeyreelCore
public import SystemPackage

/// A secret that no message, log or dump shows.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The secret itself; for headers of requests to the account's own origins alone.
  let text: String

  /// Keeps `text` to itself.
  public init(_ text: String) { self.text = text }

  /// Says nothing.
  public var description: String { "‹secret›" }
  /// Says nothing.
  public var debugDescription: String { description }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Tells accounts apart without telling the key: 12 digits of a digest of its public half.
  ///
  /// A key is `id:secret`; the id alone is no secret, but is none of a log's business either.
  public var fingerprint: String {
    let id = text.prefix { $0 != ":" }
    return String(Digest.of(Array("keyreel account \(id)".utf8)).hex.prefix(12))
  }
}

/// Where an account's services are, and how to ask them.
public struct FalSettings: Sendable {
  /// How keyframes travel.
  public enum Upload: String, Sendable, CaseIterable {
    /// Small ones inside the request, others through storage.
    case auto
    /// Always through storage.
    case storage
    /// Always inside the request, as data URIs.
    case inline
  }

  /// Base addresses of the services, without a slash at the end: `https://queue.fal.run`.
  public var addresses: [FalService: String]
  /// The API key.
  public var key: Secret
  /// Certificates to trust (PEM); the system's when `nil`.
  public var certificateFile: FilePath?
  /// How keyframes travel.
  public var upload = Upload.auto
  /// What is asked of the platform with every submission.
  public var options = RequestOptions()
  /// Requests in flight at most; the account's own limit may be lower.
  public var concurrency = 64
  /// How long a request may take from its submission to its end.
  public var patience = Duration.seconds(6 * 3600)

  /// Settings for the account of `key` at fal itself.
  public init(key: Secret, addresses: [FalService: String] = FalSettings.falAddresses) {
    self.key = key
    self.addresses = addresses
  }

  /// fal's own addresses.
  public static var falAddresses: [FalService: String] {
    Dictionary(uniqueKeysWithValues: FalService.allCases.map { ($0, "https://\($0.host)") })
  }

  /// The base address of `service`.
  func address(of service: FalService) -> String {
    addresses[service] ?? "https://\(service.host)"
  }

  /// Host, port and path prefix of the queue: what tells paid clips from rehearsed ones.
  public var origin: String {
    let base = address(of: .queue)
    let scheme = base.firstRange(of: "://").map { base[$0.upperBound...] } ?? base[...]
    return String(scheme)
  }
}
