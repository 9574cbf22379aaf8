internal import SystemPackage

/// The packets of a clip that is looked through twice: those of a small one stay in memory in between.
///
/// Opening a file again costs as much as decoding a small clip.
struct KeptPackets {
  /// Bytes up to which packets are kept.
  private static let limit = 1 << 20

  private var packets: [Packet] = []
  private var byteCount = 0

  /// Keeps `packet`, unless there are too many by now.
  mutating func keep(_ packet: Packet) throws {
    byteCount += packet.bytes.count
    if byteCount <= Self.limit { packets.append(try packet.copy()) } else { packets = [] }
  }

  /// Hands out the packets of `stream` from the first on, of a clip that was not kept from `file`.
  func forEach(of stream: Int, in file: FilePath, _ body: (Packet) throws -> Void) throws {
    if byteCount <= Self.limit { return try packets.forEach(body) }
    let input = try InputFile(video: file)
    input.keepOnly([stream])
    let packet = try Packet()
    while try input.read(into: packet) {
      if packet.stream == stream { try body(packet) }
    }
  }
}
