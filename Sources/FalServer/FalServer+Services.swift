internal import FalProtocol
internal import FalQueue
internal import HTTP
internal import Hummingbird
internal import HummingbirdCore
internal import KeyreelCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

extension FalServer {
  /// All that runs while the server does.
  func services(
    _ ready: @escaping @Sendable (_ base: String, _ proxy: String?) throws -> Void
  ) async throws -> [any Service] {
    let forms = Dictionary(
      settings.models.map { ($0.id, InputForm($0)) }, uniquingKeysWith: { $1 })
    let meters = Meters()
    let signingKey = try await SigningKey.kept(in: queue)
    let player = FaultPlayer.announced(settings.faults, logger)
    let (listening, heard) = AsyncStream<SocketAddress>.makeStream()
    let listener = settings.listener
    // The framework tells how it ends, in words that help nobody; requests are told by the responder.
    var framework = logger
    framework.logLevel = .critical
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
      }, logger: framework)
    return [
      dispatcher(forms, player), webhooks(signingKey, meters),
      Housekeeper(queue: queue, logger: logger),
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
    // Rehearsed faults come in here and at the dispatcher: around whole services and the workshop.
    return ServiceResponder(
      services: FaultyHandler.around(services, player, queue),
      pages: ServerPages(
        queue: queue, meters: meters, keySet: keySet, documents: ModelDocuments(forms: forms),
        playground: PlaygroundPages(models: settings.models)),
      resolver: ServiceResolver(scheme: settings.listener.scheme),
      log: AccessLog(meters: meters, logger: logger))
  }

  private func dispatcher(_ forms: [String: InputForm], _ player: FaultPlayer?) -> Dispatcher {
    Dispatcher(
      queue: queue,
      work: JobWork(
        queue: queue, forms: forms,
        workshop: FaultyWorkshop.around(workshop, player),
        pictures: InputPictures(queue: queue, client: HTTPClient(settings.pictures)),
        logger: logger),
      concurrency: settings.concurrency, logger: logger)
  }

  private func webhooks(_ key: SigningKey, _ meters: Meters) -> WebhookService {
    WebhookService(
      queue: queue,
      courier: WebhookCourier(settings.webhooks, key: key), meters: meters,
      logger: logger)
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
