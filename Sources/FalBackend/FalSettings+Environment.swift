internal import KeyreelCore
internal import SystemPackage
internal import FalProtocol

extension FalSettings {
  /// Settings as the official clients read them from `environment`.
  ///
  /// The key is `FAL_KEY`, or `FAL_KEY_ID` and `FAL_KEY_SECRET`. Hosts are `FAL_QUEUE_RUN_HOST`,
  /// `FAL_RUN_HOST`, `FAL_STORAGE_HOST`, `FAL_MEDIA_HOST` and `FAL_PLATFORM_HOST`, each
  /// `host[:port][/prefix]`; certificates are those of `SSL_CERT_FILE`. With another queue, fal's own
  /// storage and platform are not used: the key of one server is not shown to another.
  public init(environment: [String: String]) throws {
    func value(_ name: String) -> String? {
      let text = environment[name].map { $0.trimmingBlanks() } ?? ""
      return text.isEmpty ? nil : text
    }
    let pair = value("FAL_KEY_ID").flatMap { id in value("FAL_KEY_SECRET").map { "\(id):\($0)" } }
    guard let key = value("FAL_KEY") ?? pair else {
      throw OperationError(
        .badKey, "there is no API key for fal",
        remedy: "set FAL_KEY, or FAL_KEY_ID and FAL_KEY_SECRET")
    }
    let run = value("FAL_RUN_HOST")
    let queue = value("FAL_QUEUE_RUN_HOST") ?? run.map { "queue.\($0)" }
    var addresses = Self.falAddresses
    if let queue, try ServiceAddress(Self.address(queue)).text != addresses[.queue] {
      addresses = [:]
    }
    let hosts: [(FalService, String?)] = [
      (.queue, queue), (.run, run), (.storage, value("FAL_STORAGE_HOST")),
      (.media, value("FAL_MEDIA_HOST")), (.platform, value("FAL_PLATFORM_HOST")),
    ]
    for (service, host) in hosts {
      if let host { addresses[service] = Self.address(host) }
    }
    try self.init(key: Secret(key), addresses: addresses)
    certificateFile = value("SSL_CERT_FILE").map { FilePath($0) }
  }

  /// Hosts without a scheme mean https, as official clients have it.
  private static func address(_ host: String) -> String {
    host.contains("://") ? host : "https://\(host)"
  }

  /// Tags for the provider's reports; characters that tags do not have become `-`.
  public mutating func tag(_ tags: [(name: String, value: String)]) {
    func word(_ text: String) -> String {
      String(
        decoding: text.utf8.prefix(64).map { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x3A, 0x5F: byte
          default: UInt8(ascii: "-")
          }
        }, as: UTF8.self)
    }
    options.tags += tags.filter { !$0.name.isEmpty && !$0.value.isEmpty }
      .map { QueryItems.Item(word($0.name), word($0.value)) }
    options.tags = Array(options.tags.prefix(10))
  }
}

extension String {
  fileprivate func trimmingBlanks() -> String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
