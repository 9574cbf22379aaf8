internal import FalBackend
internal import FalProtocol
internal import KeyreelCore
internal import SystemPackage

/// Who pays, and where the services are: a key and the addresses that it is meant for.
struct FalAccount {
  let addresses: FalAddresses
  let key: Secret
  private let certificateFile: FilePath?
  private let wishes: PipelineDocument.NamedBackend?

  /// The account for `choice`; throws a ``CommandFailure`` when there is no key for its origin.
  init(_ choice: BackendChoice, in surroundings: Surroundings) throws {
    guard let addresses = choice.addresses else {
      preconditionFailure("only fal's backends have accounts")
    }
    self.addresses = addresses
    wishes = choice.named
    certificateFile = surroundings.path(in: "SSL_CERT_FILE")
      .map { surroundings.workingFolder.pushing($0) }
    let meant = try BackendChoice.addresses(in: surroundings.environment).queue
    guard meant == addresses.queue else {
      throw CommandFailure(
        OperationError(
          .permissionDenied,
          "the pipeline's backend is at \(addresses.queue.origin), but the key in the environment is "
            + "for \(meant.origin)",
          remedy:
            "set FAL_QUEUE_RUN_HOST=\(addresses.queue.text) together with that server's FAL_KEY"),
        .usage)
    }
    key = try Self.key(in: surroundings.environment, for: meant)
  }

  /// `FAL_KEY`, or `FAL_KEY_ID` and `FAL_KEY_SECRET`.
  private static func key(
    in environment: [String: String], for queue: ServiceAddress
  ) throws -> Secret {
    func value(_ name: String) -> String? {
      guard let text = environment[name] else { return nil }
      let spaces: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
      var rest = text[...]
      while let last = rest.last, spaces.contains(last) { rest.removeLast() }
      while let first = rest.first, spaces.contains(first) { rest.removeFirst() }
      return rest.isEmpty ? nil : String(rest)
    }
    let pair = value("FAL_KEY_ID").flatMap { id in
      value("FAL_KEY_SECRET").map { "\(id):\($0)" }
    }
    guard let text = value("FAL_KEY") ?? pair else {
      throw CommandFailure(
        OperationError(
          .permissionDenied, "there is no key for \(queue.origin) in the environment",
          remedy: "set FAL_KEY, or FAL_KEY_ID and FAL_KEY_SECRET; nothing was begun"), .usage)
    }
    guard text.utf8.allSatisfy({ (33...126).contains($0) }), text.utf8.count <= 1024 else {
      throw CommandFailure(
        OperationError(
          .permissionDenied, "the key in the environment has characters that no key has",
          remedy: "set FAL_KEY to exactly what the dashboard showed"), .usage)
    }
    return Secret(text)
  }

  /// What the backend is told; `tags` name the run in the provider's reports.
  func settings(tags: [(name: String, value: String)] = []) throws -> FalSettings {
    var settings = try FalSettings(key: key, addresses: addresses.services)
    settings.certificateFile = certificateFile
    let upload = wishes?.upload.flatMap { FalSettings.Upload(rawValue: $0.value) } ?? .auto
    guard upload != .storage || addresses.storage != nil else {
      throw CommandFailure(
        OperationError(
          .unsupported, "`upload: storage` needs to know where the storage is",
          remedy: "set FAL_STORAGE_HOST and FAL_MEDIA_HOST"), .usage)
    }
    settings.upload = addresses.storage == nil ? .inline : upload
    if let limit = wishes?.inFlight?.value { settings.concurrency = limit }
    if let patience = wishes?.patience?.value { settings.pace.patience = patience }
    settings.options = options
    settings.tag(tags)
    return settings
  }

  private var options: RequestOptions {
    var options = RequestOptions()
    if wishes?.priority?.value == "low" { options.priority = .low }
    options.startTimeout = wishes?.startTimeout?.value
    options.storesPayloads = wishes?.storeIO?.value ?? true
    if let life = wishes?.keepResults?.value {
      options.lifecycle = ObjectLifecycle(expiration: life)
    }
    return options
  }
}
