public import FalProtocol
public import HTTP
internal import KeyreelCore
public import SystemPackage

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

  /// Base addresses of the services (`https://queue.fal.run`); one that is missing is not used.
  public internal(set) var addresses: [FalService: String]
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
  /// How patiently requests are followed.
  public var pace = FalPace()

  /// Settings for the account of `key`, at fal itself or at servers of the same protocol.
  ///
  /// Throws an ``OperationError`` for a key or an address that cannot be used: addresses begin with
  /// `https://`, on this machine also with `http://`.
  public init(
    key: Secret, addresses: [FalService: String] = FalSettings.falAddresses
  ) throws {
    let text = key.text
    guard (1...4096).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw OperationError(
        .badKey, "the API key is empty or has characters that keys do not have",
        remedy: "set FAL_KEY to the key as fal shows it, `id:secret`")
    }
    self.key = key
    self.addresses = [:]
    for (service, address) in addresses {
      self.addresses[service] =
        try ServiceAddress(address, named: "the address of the \(service.rawValue)").text
    }
    guard self.addresses[.queue] != nil else {
      throw OperationError(.refusedAddress, "the queue has no address")
    }
  }

  /// fal's own addresses.
  public static var falAddresses: [FalService: String] {
    Dictionary(uniqueKeysWithValues: FalService.allCases.map { ($0, "https://\($0.host)") })
  }

  /// Host, port and path prefix of the queue: what tells paid clips from rehearsed ones.
  public var origin: String { Self.origin(of: addresses[.queue] ?? "") }

  static func origin(of address: String) -> String {
    address.firstRange(of: "://").map { String(address[$0.upperBound...]) } ?? address
  }

  /// How connections to these addresses are made.
  ///
  /// With fal itself none leads into private networks, with a server on this machine none leads away.
  public var session: HTTPSession.Settings {
    let queue = addresses[.queue] ?? ""
    let isLocal = (try? ServiceAddress(queue, named: "the queue"))?.isLoopback == true
    return HTTPSession.Settings(
      certificateFile: certificateFile,
      reach: isLocal ? .loopback : queue == Self.falAddresses[.queue] ? .publicInternet : nil,
      allowsPlainHTTP: addresses.values.contains { $0.hasPrefix("http://") })
  }
}

/// How patiently requests are followed; the defaults suit fal.
public struct FalPace: Sendable {
  /// How long a request may take from its submission to its end.
  public var patience = Duration.seconds(6 * 3600)
  /// How long reads of one thing may fail before that is told.
  public var readPatience = Duration.seconds(600)
  /// Pauses after failed reads; the last one goes on.
  public var readPauses: [Duration] = [
    .milliseconds(500), .seconds(1), .seconds(2), .seconds(5), .seconds(15), .seconds(30),
  ]
  /// How often an upload is tried before that is told; half a minute, by the pauses of reads.
  public var uploadTries = 6
  /// The pause after the first poll of a request; later ones grow.
  public var firstPollPause = Duration.milliseconds(400)
  /// The longest pause between polls of a request.
  public var longestPollPause = Duration.seconds(6)
  /// Polls in a second, of all requests together.
  public var pollsPerSecond = 50.0
  /// Event streams at once; far fewer than connections, so that submissions always find one.
  public var eventStreams = 96
  /// Requests in flight from which the platform's list of finished ones is looked at for all of them.
  public var listFrom = 8
  /// For how long the first of them are looked for there alone.
  public var listHeadStart = Duration.seconds(2)
  /// The shortest pause between two looks.
  public var listPause = Duration.milliseconds(20)
  /// How long a stream may be silent; servers ping every 15 seconds.
  public var streamSilence = Duration.seconds(45)

  /// The defaults.
  public init() {}
}
