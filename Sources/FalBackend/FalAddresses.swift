public import FalProtocol

/// Where fal's services are, for one configured queue.
///
/// Hosts are named as for fal's own clients: `FAL_RUN_HOST`, `FAL_QUEUE_RUN_HOST` (default: `queue.` and
/// the run host), and `FAL_STORAGE_HOST`, `FAL_MEDIA_HOST` and `FAL_PLATFORM_HOST` beside them.
public struct FalAddresses: Sendable {
  /// The queue; what tells this maker from others.
  public let queue: ServiceAddress
  /// Where pictures are uploaded; `nil` where only pictures inside the request are possible.
  public let storage: (token: ServiceAddress, media: ServiceAddress)?
  /// Where requests are listed and bills are; `nil` where nobody said.
  public let platform: ServiceAddress?
  /// Synchronous runs, which Keyreel does not use.
  public let run: ServiceAddress

  /// The addresses that `variables` name; fal's own where they name none.
  ///
  /// Throws an ``OperationError`` for what is no address, or would send the key over plain http.
  public init(variables: [String: String]) throws {
    func address(_ variable: String) throws -> ServiceAddress? {
      guard let text = variables[variable], !text.isEmpty else { return nil }
      return try ServiceAddress(text, named: variable)
    }
    let run = try address("FAL_RUN_HOST")
    let queue = try address("FAL_QUEUE_RUN_HOST")
    try self.init(
      queue: queue
        ?? ServiceAddress(
          run.map { "\($0.scheme)://queue.\($0.origin)" } ?? FalService.queue.host,
          named: "FAL_RUN_HOST"),
      run: run, storage: address("FAL_STORAGE_HOST"), media: address("FAL_MEDIA_HOST"),
      platform: address("FAL_PLATFORM_HOST"))
  }

  /// The addresses of the server at `origin`, as `keyreel serve` arranges them; fal's own for fal.
  public init(origin: ServiceAddress) throws {
    let isFal = [FalService.queue, .run].contains { $0.host == origin.origin }
    try self.init(
      queue: isFal
        ? ServiceAddress(FalService.queue.host, named: "fal") : origin.child("queue"))
  }

  /// Services that nobody named lie beside the queue, and fal's own only beside fal's own queue: a key
  /// for one origin is sent to no other.
  private init(
    queue: ServiceAddress, run: ServiceAddress? = nil, storage: ServiceAddress? = nil,
    media: ServiceAddress? = nil, platform: ServiceAddress? = nil
  ) throws {
    let isFal = queue.text == "https://\(FalService.queue.host)"
    func own(_ service: FalService) throws -> ServiceAddress? {
      isFal ? try ServiceAddress(service.host, named: "fal") : nil
    }
    func beside(_ name: String) -> ServiceAddress? { queue.sibling(name, of: "queue") }
    self.queue = queue
    self.run = try run ?? own(.run) ?? beside("run") ?? queue
    self.platform = try platform ?? own(.platform) ?? beside("platform")
    let token = try storage ?? own(.storage) ?? beside("storage")
    let files =
      try media ?? storage?.sibling("media", of: "storage")
      ?? (storage == nil ? own(.media) : nil) ?? beside("media")
    if let token, let files { self.storage = (token, files) } else { self.storage = nil }
  }

  /// All services that are known.
  public var services: [FalService: String] {
    var services: [FalService: String] = [.queue: queue.text, .run: run.text]
    services[.platform] = platform?.text
    services[.storage] = storage?.token.text
    services[.media] = storage?.media.text
    return services
  }
}
