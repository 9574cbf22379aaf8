internal import FalProtocol
public import FalQueue
public import HTTP
internal import Hummingbird
public import KeyreelCore
public import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import SystemPackage
internal import UnixSignals

/// fal's first/last-frame endpoints, served from this machine to fal's own clients.
public struct FalServer: Sendable {
  /// What a server is made of.
  public struct Settings: Sendable {
    /// Where it listens.
    public var listener: ListenerSettings
    /// The endpoints that it serves.
    public var models: [ModelProfile]
    /// Jobs under way at once.
    public var concurrency: Int
    /// How picture addresses are fetched.
    public var pictures: HTTPClient.Settings
    /// What goes wrong on purpose.
    public var faults: FaultScript?
    /// How long what is under way may take to finish when the server is told to stop.
    public var grace = Duration.seconds(10)

    /// Settings of a server that listens as `listener` says.
    public init(
      listener: ListenerSettings, models: [ModelProfile], concurrency: Int,
      pictures: HTTPClient.Settings = HTTPClient.Settings()
    ) {
      self.listener = listener
      self.models = models
      self.concurrency = concurrency
      self.pictures = pictures
    }
  }

  private let settings: Settings
  private let queue: JobQueue
  private let workshop: any Workshop
  private let logger: Logger

  /// A server over an open queue, whose clips `workshop` makes.
  public init(_ settings: Settings, queue: JobQueue, workshop: any Workshop, logger: Logger) {
    self.settings = settings
    self.queue = queue
    self.workshop = workshop
    self.logger = logger
  }

  /// Serves until SIGTERM or SIGINT; tells `ready` its address once it listens.
  public func run(ready: @escaping @Sendable (_ base: String) throws -> Void) async throws {
    let scheme = settings.listener.scheme
    let forms = Dictionary(
      settings.models.map { ($0.id, InputForm($0)) }, uniquingKeysWith: { $1 })
    let keys = KeyCheck(queue: queue)
    // The one place where rehearsed faults come in: around whole services and the workshop.
    let player = FaultPlayer.announced(settings.faults, logger)
    let workshop = FaultyWorkshop.around(workshop, player)
    let desk = SubmissionDesk(queue: queue, forms: forms)
    let tokens = UploadTokens(queue: queue)
    let media = MediaService(
      queue: queue, keys: keys, uploads: UploadCheck(keys: keys, tokens: tokens))
    let services: [FalService: any ServiceHandler] = [
      .queue: QueueService(queue: queue, keys: keys, desk: desk),
      .run: RunService(queue: queue, keys: keys, desk: desk),
      .storage: StorageService(queue: queue, keys: keys, tokens: tokens, media: media),
      .media: media,
      .platform: PlatformService(queue: queue, keys: keys, forms: forms),
    ]
    let responder = ServiceResponder(
      services: FaultyHandler.around(services, player),
      pages: ServerPages(queue: queue, documents: ModelDocuments(forms: forms)),
      resolver: ServiceResolver(scheme: scheme))
    let application = Application(
      responder: responder, server: try settings.listener.builder(),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.listener.address, port: settings.listener.port),
        serverName: "keyreel-serve"),
      onServerRunning: { channel in
        guard let port = channel.localAddress?.port else { return }
        do {
          try ready("\(scheme)://\(settings.listener.authority(port: port))")
        } catch {
          logger.error("\(error)")
        }
      }, logger: logger)
    let dispatcher = Dispatcher(
      queue: queue,
      work: JobWork(
        queue: queue, forms: forms, workshop: workshop,
        pictures: InputPictures(
          queue: queue, client: HTTPClient(settings.pictures)),
        logger: logger),
      concurrency: settings.concurrency, logger: logger)
    var group = ServiceGroupConfiguration(
      services: [dispatcher, application], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger)
    group.maximumGracefulShutdownDuration = settings.grace
    try await ServiceGroup(configuration: group).run()
  }
}

extension ListenerSettings {
  /// Host and port as they stand in a URL.
  func authority(port: Int) -> String {
    let host = address == "0.0.0.0" || address == "::" ? "127.0.0.1" : address
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
