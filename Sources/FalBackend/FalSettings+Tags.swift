internal import FalProtocol

extension FalSettings {
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
