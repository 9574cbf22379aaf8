internal import ArgumentParser
internal import FalQueue
internal import FalServer
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import HTTP
internal import KeyreelCore
internal import Logging
internal import ModelCatalog
internal import SystemPackage

/// `keyreel serve`: listens until it is told to stop.
struct StartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Serves until it is stopped (the default).",
    discussion: """
      Without --dev-tls or a certificate the server speaks plain http, which is enough for keyreel \
      itself, for browsers and for clients behind a proxy address. fal's Python client speaks https \
      alone: --dev-tls makes a certificate on the spot, and the ready file holds the variables that \
      point the client here.

      Examples:
        keyreel serve
        keyreel serve --dev-tls --port 0 --ready-file ready.json
      """)

  @Option(help: ArgumentHelp("Listen on this address.", valueName: "address"))
  var listen = "127.0.0.1"

  @Option(help: ArgumentHelp("Listen on this port; 0 picks a free one.", valueName: "n"))
  var port = 8470

  @Option(
    help: ArgumentHelp("Keep the queue, files and keys here.", valueName: "folder"),
    completion: .directory)
  var data: String?

  @Flag(help: "Speak https with a certificate made on the spot, and be a proxy for fal's hosts.")
  var devTls = false

  @Option(
    help: ArgumentHelp("Speak https with this certificate chain (PEM).", valueName: "file"),
    completion: .file(extensions: ["pem", "crt"]))
  var tlsCertificate: String?

  @Option(
    help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"),
    completion: .file(extensions: ["pem", "key"]))
  var tlsKey: String?

  @Option(
    help: ArgumentHelp("Make clips with: animatic, animatic+quirks or instant.", valueName: "name"))
  var backend = WorkshopChoice.animatic

  @Option(help: ArgumentHelp("Make so many clips at once.", valueName: "n"))
  var concurrency = 2

  @Option(
    help: ArgumentHelp("Rehearse the faults that this file scripts.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var faults: String?

  @Option(
    help: ArgumentHelp("Write addresses and variables here once it listens.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var readyFile: String?

  @Flag(help: "Let picture addresses lead to private networks and this machine.")
  var allowPrivateImages = false

  @Flag(help: "Let webhooks go to private networks, and to this machine without TLS too.")
  var allowPrivateWebhooks = false

  @Option(
    help: ArgumentHelp(
      "Log from this level on: trace, debug, info, notice, warning or error.", valueName: "level"))
  var logLevel = LogLevel.notice

  func validate() throws {
    guard (0...65535).contains(port) else {
      throw ValidationError("--port takes a number from 0 to 65535.")
    }
    guard (1...512).contains(concurrency) else {
      throw ValidationError("--concurrency takes a number from 1 to 512.")
    }
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key go together.")
    }
    guard !devTls || tlsCertificate == nil else {
      throw ValidationError("--dev-tls makes its own certificate; leave --tls-certificate out.")
    }
  }

  func run() async throws {
    try await ServeFailure.told {
      let surroundings = ServeSurroundings.current
      let folder = surroundings.dataFolder(flag: data)
      let ready = readyFile.map(surroundings.path)
      let catalog = try ModelCatalog.load(folders: surroundings.profileFolders)
      // A mistake in it is told before anything is touched.
      let script = try faults.map { try FaultFile.read(surroundings.path($0), named: $0) }
      let queue = try await JobQueue.open(folder)
      let standing = StandingKey(queue: queue, folder: folder)
      let keyFile = surroundings.key == nil ? standing.file : nil
      let key = try await standing.credential(wanted: surroundings.key)
      let certificate =
        try devTls ? DevelopmentCertificate.prepare(in: folder, listening: listen) : nil
      var settings = FalServer.Settings(
        listener: listener(surroundings, certificate), models: catalog.profiles,
        concurrency: concurrency, pictures: pictures(surroundings))
      settings.webhooks = webhooks(surroundings)
      settings.faults = script
      let server = FalServer(
        settings, queue: queue, workshop: backend.workshop(folder: folder), logger: logger)
      // One that a killed server left would send clients nowhere.
      if let ready { PrivateFile.remove(ready) }
      defer { if let ready { PrivateFile.remove(ready) } }
      try await server.run { base, proxy in
        let running = RunningServer(
          base: base, key: key, proxy: proxy, certificateFile: certificate?.authorityFile)
        if let ready {
          try PrivateFile.write(ReadyFile(server: running).text.string, to: ready)
        }
        announcement(running, keyFile: keyFile).forEach(Voice.say)
      } forced: { signal in
        if let ready { PrivateFile.remove(ready) }
        _exit(128 + signal)
      }
      try await queue.close()
    }
  }

  /// How picture addresses are fetched: never through a proxy, which would look names up itself and so
  /// reach what is refused here.
  private func pictures(_ surroundings: ServeSurroundings) -> HTTPClient.Settings {
    HTTPClient.Settings(
      certificateFile: surroundings.certificateFile,
      reach: allowPrivateImages ? .anywhere : .publicInternet,
      connectTimeout: .seconds(10), stallTimeout: .seconds(15), totalTimeout: .seconds(60))
  }

  private func listener(
    _ surroundings: ServeSurroundings, _ certificate: DevelopmentCertificate?
  ) -> ListenerSettings {
    var settings = ListenerSettings(
      address: listen, port: port, certificate: certificate?.certificate,
      proxyPort: devTls ? (port == 0 ? 0 : port + 1) : nil)
    if let tlsCertificate, let tlsKey {
      settings.certificate = ListenerSettings.Certificate(
        chain: surroundings.path(tlsCertificate), key: surroundings.path(tlsKey))
    }
    return settings
  }

  private func webhooks(_ surroundings: ServeSurroundings) -> HTTPSession.Settings {
    HTTPSession.Settings(
      certificateFile: surroundings.certificateFile,
      reach: allowPrivateWebhooks ? .anywhere : .publicInternet,
      allowsPlainHTTP: allowPrivateWebhooks, connectTimeout: .seconds(10))
  }

  private var logger: Logger {
    var logger = Logger(label: "keyreel-serve")
    logger.logLevel = logLevel.level
    return logger
  }
}
