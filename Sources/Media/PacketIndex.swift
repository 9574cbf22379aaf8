internal import CFFmpeg
internal import SystemPackage

/// The packets of an mp4 as its index tells them, without reading a single one.
///
/// The index does not say when pictures are shown, so this serves only streams that show pictures
/// in the order in which they are decoded, by their own parameter sets: our clips and most films.
struct PacketIndex {
  private(set) var entries: [PacketScan.Entry] = []

  /// `nil` when the index alone does not tell enough, or not the truth.
  init?(_ input: InputFile, stream index: Int, configuration: AVCConfiguration?) throws {
    let stream = input.stream(index)
    let count = Int(avformat_index_get_entries_count(stream))
    guard count > 0, count == Int(stream.pointee.nb_frames), let configuration,
      configuration.sequenceSets.allSatisfy({ SequenceParameterSet($0)?.showsAsDecoded == true }),
      try Self.showsAtDecodeTime(input, stream: index)
    else { return nil }
    let file = try FileDescriptor.open(input.path, .readOnly)
    defer { try? file.close() }
    let end = try file.seek(offset: 0, from: .end)
    entries.reserveCapacity(count)
    for place in 0..<count {
      guard let entry = avformat_index_get_entry(stream, Int32(place))?.pointee,
        entry.flags & AVINDEX_DISCARD_FRAME == 0, entry.pos >= 0, entry.size >= 0,
        // Not a sum: a damaged index tells any place.
        entry.pos <= end, Int64(entry.size) <= end - entry.pos
      else { return nil }
      let isKey = entry.flags & AVINDEX_KEYFRAME != 0
      let isRefresh =
        try isKey
        && Self.holdsInstantRefresh(
          file, from: entry.pos, count: Int64(entry.size), configuration.lengthSize)
      entries.append(
        PacketScan.Entry(
          decodeTime: entry.timestamp, isKey: isKey, isInstantRefresh: isRefresh))
    }
  }

  /// Whether the first packet is shown when it is decoded, as the index says; it is read away.
  private static func showsAtDecodeTime(_ input: InputFile, stream index: Int) throws -> Bool {
    let packet = try Packet()
    while try input.read(into: packet) {
      guard packet.stream == index else { continue }
      let first = avformat_index_get_entry(input.stream(index), 0)?.pointee.timestamp
      return !packet.isCorrupt && packet.presentationTime == packet.decodeTime
        && packet.decodeTime == first
    }
    return false
  }

  /// Looks at the headers of a packet's units, in place.
  private static func holdsInstantRefresh(
    _ file: FileDescriptor, from start: Int64, count: Int64, _ lengthSize: Int
  ) throws -> Bool {
    var place = start
    var head = [UInt8](repeating: 0, count: lengthSize + 1)
    while place + Int64(head.count) < start + count {
      let read = try head.withUnsafeMutableBytes {
        try file.read(fromAbsoluteOffset: place, into: $0)
      }
      guard read == head.count else { return false }
      switch NetworkUnits.kind(header: head[lengthSize]) {
      case .instantRefresh: return true
      case .slice: return false
      default: place += Int64(lengthSize) + head[..<lengthSize].reduce(0) { $0 << 8 | Int64($1) }
      }
    }
    return false
  }
}
