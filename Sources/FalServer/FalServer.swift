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
    /// How webhooks are told; receivers out of the reach are given up.
    public var webhooks = HTTPSession.Settings(connectTimeout: .seconds(10))
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

  let settings: Settings
  let queue: JobQueue
  let workshop: any Workshop
  let logger: Logger

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
}

/// Whether the server was told to stop.
private final class StopFlag: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  /// Sets it; tells whether it was set before.
  func set() -> Bool { flag.exchange(true, ordering: .relaxed) }
}
