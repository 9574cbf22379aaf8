internal import FalProtocol
public import FalQueue
public import HTTP
internal import Hummingbird
internal import HummingbirdCore
public import KeyreelCore
public import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization
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
    /// How webhooks are told; receivers out of the reach are given up.
    public var webhooks = HTTPClient.Settings(
      connectTimeout: .seconds(10), stallTimeout: .seconds(15), totalTimeout: .seconds(15))
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

  /// Serves until SIGTERM or SIGINT; tells `ready` once everything listens.
  ///
  /// `ready` is given the server's address and that of its proxy; when it throws, the server stops
  /// with its error. What is under way may then end within the grace; a second signal calls `forced`,
  /// which ends the process. Throws when an address cannot be listened on.
  public func run(
    ready: @escaping @Sendable (_ base: String, _ proxy: String?) throws -> Void,
    forced: @escaping @Sendable (_ signal: Int32) -> Never
  ) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    var configuration = ServiceGroupConfiguration(
      services: [SideBySide(services: try await services(ready))], logger: logger)
    configuration.maximumGracefulShutdownDuration = settings.grace
    let group = ServiceGroup(configuration: configuration)
    let stop = StopFlag()
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { [logger] in
        for await signal in signals {
          if stop.set() { forced(signal.rawValue) }
          logger.info("stopping: what is under way may end", metadata: ["signal": "\(signal)"])
          await group.triggerGracefulShutdown()
        }
      }
      defer { tasks.cancelAll() }
      do {
        try await group.run()
      } catch  where stop.isSet {
        // What is cut off at the end of the grace waits for the next start.
        logger.debug("stopped", metadata: ["error": "\(error)"])
      }
    }
  }

  private func services(
    _ ready: @escaping @Sendable (_ base: String, _ proxy: String?) throws -> Void
  ) async throws -> [any Service] {
    let meters = Meters()
    let signingKey = try await SigningKey.kept(in: queue)
    let forms = Dictionary(
      settings.models.map { ($0.id, InputForm($0)) }, uniquingKeysWith: { $1 })
    // The one place where rehearsed faults come in: around whole services and the workshop.
    let player = FaultPlayer.announced(settings.faults, logger)
    let workshop = FaultyWorkshop.around(workshop, player)
    let (listening, heard) = AsyncStream<SocketAddress>.makeStream()
    let listener = settings.listener
    let application = Application(
      responder: responder(forms, meters, KeySetPage(signingKey), player),
      server: try listener.builder(),
      configuration: ApplicationConfiguration(
        address: .hostname(listener.address, port: listener.port), serverName: "keyreel-serve",
        availableConnectionsDelegate: MaximumAvailableConnections(
          RequestLimits().connections, logger: logger)),
      onServerRunning: { channel in
        if let address = channel.localAddress { heard.yield(address) }
        heard.finish()
      }, logger: logger)
    let dispatcher = Dispatcher(
      queue: queue,
      work: JobWork(
        queue: queue, forms: forms, workshop: workshop,
        pictures: InputPictures(
          queue: queue, client: HTTPClient(settings.pictures)),
        logger: logger),
      concurrency: settings.concurrency, logger: logger)
    let webhooks = WebhookService(
      queue: queue,
      courier: WebhookCourier(
        client: HTTPClient(settings.webhooks), key: signingKey,
        plainHTTP: settings.webhooks.reach == .publicInternet ? .refused : .toLoopback),
      meters: meters, logger: logger)
    return [
      dispatcher, webhooks, Housekeeper(queue: queue, logger: logger),
      Listening(application: application, settings: listener),
      Opening(settings: listener, listening: listening, logger: logger, ready: ready),
    ]
  }

  private func responder(
    _ forms: [String: InputForm], _ meters: Meters, _ keySet: KeySetPage, _ player: FaultPlayer?
  ) -> ServiceResponder {
    let keys = KeyCheck(queue: queue)
    let desk = SubmissionDesk(queue: queue, forms: forms)
    let tokens = UploadTokens(queue: queue)
    let media = MediaService(
      queue: queue, keys: keys, uploads: UploadCheck(keys: keys, tokens: tokens))
    let storage = StorageService(queue: queue, keys: keys, tokens: tokens, media: media)
    let services: [FalService: any ServiceHandler] = [
      .queue: QueueService(queue: queue, keys: keys, desk: desk),
      .run: RunService(queue: queue, keys: keys, desk: desk),
      .storage: KeySetHandler(page: keySet, rest: storage),
      .media: media,
      .platform: PlatformService(queue: queue, keys: keys, forms: forms),
    ]
    return ServiceResponder(
      services: FaultyHandler.around(services, player),
      pages: ServerPages(
        queue: queue, documents: ModelDocuments(forms: forms),
        playground: PlaygroundPages(models: settings.models), meters: meters, keySet: keySet),
      resolver: ServiceResolver(scheme: settings.listener.scheme),
      log: AccessLog(meters: meters, logger: logger))
  }
}

/// The listener; tells why it cannot listen.
private struct Listening: Service {
  let application: Application<ServiceResponder>
  let settings: ListenerSettings

  func run() async throws {
    do {
      try await application.run()
    } catch {
      throw ListenFailure.told(error, settings.address, settings.port, "the server")
    }
  }
}

/// Whether the server was told to stop.
private final class StopFlag: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  /// Sets it; tells whether it was set before.
  func set() -> Bool { flag.exchange(true, ordering: .relaxed) }
}
