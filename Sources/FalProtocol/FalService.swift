/// The services behind fal's host names.
public enum FalService: String, Hashable, Sendable, Codable, CaseIterable {
  /// Submit, status, result, cancel.
  case queue
  /// Synchronous runs.
  case run
  /// Upload tokens, upload addresses, webhook keys.
  case storage
  /// Uploads and downloads of files.
  case media
  /// Prices, requests, bills.
  case platform

  /// The one name under which clients reach the service today.
  public var host: String {
    switch self {
    case .queue: "queue.fal.run"
    case .run: "fal.run"
    case .storage: "rest.fal.ai"
    case .media: "v3.fal.media"
    case .platform: "api.fal.ai"
    }
  }

  /// Other names that older clients use for it: the storage host of the Swift client, backup
  /// domains of the Python client, the media hosts seen in results.
  public var aliases: [String] {
    switch self {
    case .queue: ["queue.falrun.com"]
    case .run: ["falrun.com"]
    case .storage: ["rest.alpha.fal.ai"]
    case .media: ["v3b.fal.media", "fal.media"]
    case .platform: []
    }
  }

  /// The service of exactly this host name, in any case of letters; `nil` for all others.
  public init?(host: some StringProtocol) {
    let name = host.lowercased()
    let service = Self.allCases.first { $0.host == name || $0.aliases.contains(name) }
    guard let service else { return nil }
    self = service
  }
}
