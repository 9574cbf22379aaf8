internal import CFFmpeg
internal import KeyreelCore

/// One coded picture or stretch of sound, as it stands in a file; used on one thread only.
public final class Packet {
  let pointer: UnsafeMutablePointer<AVPacket>

  /// An empty packet.
  public init() throws {
    guard let pointer = av_packet_alloc() else {
      throw LibavError.error(avx_error_no_memory, "allocating a packet", file: "memory")
    }
    self.pointer = pointer
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&pointer)
  }

  /// A packet with the same bytes, shared, and times of its own.
  public func copy() throws -> Packet {
    let packet = try Packet()
    try LibavError.check(av_packet_ref(packet.pointer, pointer), "copying a packet", file: "memory")
    return packet
  }

  /// 0-based index of its stream.
  public var stream: Int {
    get { Int(pointer.pointee.stream_index) }
    set { pointer.pointee.stream_index = Int32(newValue) }
  }

  /// When it is shown, in ticks of its stream; `nil` when unknown.
  public var presentationTime: Int64? {
    get { pointer.pointee.pts == avx_nopts_value ? nil : pointer.pointee.pts }
    set { pointer.pointee.pts = newValue ?? avx_nopts_value }
  }

  /// When it is decoded, in ticks of its stream; `nil` when unknown.
  public var decodeTime: Int64? {
    get { pointer.pointee.dts == avx_nopts_value ? nil : pointer.pointee.dts }
    set { pointer.pointee.dts = newValue ?? avx_nopts_value }
  }

  /// How long it is shown, in ticks of its stream.
  public var duration: Int64 {
    get { pointer.pointee.duration }
    set { pointer.pointee.duration = newValue }
  }

  /// Whether decoding can begin here.
  public var isKey: Bool { pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }

  /// Whether the file is damaged here.
  public var isCorrupt: Bool { pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

  /// Whether an edit list hides it.
  public var isDiscarded: Bool { pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

  /// The coded bytes.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: pointer.pointee.data, count: Int(pointer.pointee.size))
  }
}

extension Packet {
  /// Replaces the coded bytes; times and flags stay.
  public func replaceBytes(_ bytes: [UInt8]) throws {
    let fresh = try Packet()
    try LibavError.check(
      av_new_packet(fresh.pointer, Int32(bytes.count)), "allocating a packet", file: "memory")
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress {
        fresh.pointer.pointee.data.update(from: start, count: source.count)
      }
    }
    try LibavError.check(
      av_packet_copy_props(fresh.pointer, pointer), "copying a packet", file: "memory")
    av_packet_unref(pointer)
    av_packet_move_ref(pointer, fresh.pointer)
  }

  /// Rewrites units between start codes, as encoders make them, into units behind their lengths.
  ///
  /// Parameter sets are left out: they stand in the film's header or are put in front again.
  public func prefixUnits() throws {
    let units = NetworkUnits.split(Array(bytes)).filter {
      ![.sequenceSet, .pictureSet].contains(NetworkUnits.kind($0))
    }
    try replaceBytes(units.flatMap(NetworkUnits.prefixed))
  }

  /// Leaves out what only players of the source file would use.
  public func dropSideData() { av_packet_free_side_data(pointer) }
}
