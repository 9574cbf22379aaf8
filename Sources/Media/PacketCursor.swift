internal import CFFmpeg
internal import SystemPackage

/// Reads a video's packets in decode order from any place on; used on one thread only.
final class PacketCursor {
  let input: InputFile
  let stream: Int
  private let scan: PacketScan
  private var place: Int
  /// Packets before this decode time are read over; `nil` once it has been reached.
  private var start: Int64?

  /// A cursor before the packet at 0-based `place`.
  init(_ scan: PacketScan, at place: Int) throws {
    self.scan = scan
    (input, stream) = try PacketScan.open(scan.path)
    self.place = 0
    if place > 0 { try seek(to: place) }
  }

  /// Goes to before the packet at 0-based `place`; `false` in files in which only the beginning is found.
  func move(to place: Int) throws -> Bool {
    guard scan.hasTimes, scan.entries[place].decodeTime != nil,
      scan.entries[0].decodeTime != nil
    else { return false }
    try seek(to: place)
    return true
  }

  /// Reads the next packet; returns its place, or `nil` at the end.
  func read(into packet: Packet) throws -> Int? {
    while try input.read(into: packet) {
      guard packet.stream == stream else { continue }
      if let start {
        guard packet.decodeTime == start else { continue }
        self.start = nil
      }
      // A lying index: after a seek more packets came than when all were counted.
      guard place < scan.entries.count else {
        throw MediaFailure.damaged(
          scan.path.string, "it gives more pictures than it did when they were counted")
      }
      place += 1
      return place - 1
    }
    return nil
  }

  /// Seeking lands at or before the packet, and reading goes on from there.
  ///
  /// In files that do not tell decode times, or that cannot seek, reading begins at the beginning.
  private func seek(to place: Int) throws {
    guard scan.hasTimes, let time = scan.entries[place].decodeTime,
      let first = scan.entries[0].decodeTime
    else { return }
    start = time
    self.place = place
    let flags = AVSEEK_FLAG_BACKWARD
    if av_seek_frame(input.context, Int32(stream), time, flags) >= 0, try landing() <= time {
      _ = av_seek_frame(input.context, Int32(stream), time, flags)
    } else {
      _ = av_seek_frame(input.context, Int32(stream), first, flags)
    }
  }

  /// The decode time of the packet that comes next; it is read away.
  private func landing() throws -> Int64 {
    let packet = try Packet()
    while try input.read(into: packet) {
      if packet.stream == stream { return packet.decodeTime ?? .max }
    }
    return .max
  }
}
