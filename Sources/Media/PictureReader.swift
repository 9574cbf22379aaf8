internal import CFFmpeg
public import KeyreelCore
internal import SystemPackage

/// Reads a video's pictures by their place, forwards only, fitted into a size; on one thread only.
///
/// To go back, or far on, say so with ``move(to:)``. One picture is held at a time. Damage is reported, never concealed.
public final class PictureReader {
  private let scan: PacketScan
  private var cursor: PacketCursor
  private var decoder: Decoder
  private let fitter: FrameFitter
  private let packet: Packet
  private let frame: LibavFrame
  private let threads: Int
  private var firstWanted: Int
  private var current: (rank: Int, picture: PlanarFrame)?
  private var nextRank = 0
  private var isAtEnd = false

  /// A reader of the pictures from 0-based `rank` on.
  ///
  /// With more than one of `threads`, the next pictures are decoded while one is worked on.
  public init(
    _ scan: PacketScan, from rank: Int, size: PixelSize, fit: Fit = .cover, threads: Int = 1
  ) throws {
    self.scan = scan
    self.threads = threads
    firstWanted = rank
    cursor = try PacketCursor(scan, at: scan.decodeStart(for: rank) ?? 0)
    decoder = try Decoder(cursor.input, stream: cursor.stream, threads: threads)
    fitter = FrameFitter(size: size, fit: fit, format: scan.format, file: scan.path.string)
    packet = try Packet()
    frame = try LibavFrame()
  }

  /// Goes on at the picture at 0-based `rank`, in the same open file where it can be found there.
  public func move(to rank: Int) throws {
    let place = scan.decodeStart(for: rank) ?? 0
    if try cursor.move(to: place) {
      avcodec_flush_buffers(decoder.context)
    } else {
      cursor = try PacketCursor(scan, at: place)
      decoder = try Decoder(cursor.input, stream: cursor.stream, threads: threads)
    }
    firstWanted = rank
    current = nil
    nextRank = 0
    isAtEnd = false
  }

  /// Whether the picture at `rank` comes soon enough that decoding on is cheaper than going there.
  public func isShortly(before rank: Int) -> Bool {
    guard let last = current?.rank, rank >= last else { return false }
    guard let place = scan.decodeStart(for: rank) else { return true }
    return place <= last || rank - last < 8
  }

  /// The picture at 0-based `rank`, not before the one asked for last.
  public func picture(_ rank: Int) throws -> PlanarFrame {
    if let current, current.rank == rank { return current.picture }
    precondition(rank >= (current?.rank ?? firstWanted), "pictures are read forwards")
    while try next() {
      let found = self.rank(of: frame)
      nextRank = found + 1
      guard found >= rank else { continue }
      guard found == rank else { break }
      let picture = try fitter.fit(frame)
      current = (rank, picture)
      return picture
    }
    throw OperationError(
      .corrupt, "\(scan.path): frame \(rank) cannot be decoded",
      remedy: "fetch or generate the file again")
  }

  /// Decodes one more picture into `frame`; `false` at the end.
  private func next() throws -> Bool {
    while true {
      let code = avcodec_receive_frame(decoder.context, frame.pointer)
      if code == avx_error_eof { return false }
      guard code == avx_error_again else {
        try LibavError.check(code, "decoding", file: scan.path.string)
        return true
      }
      try feed()
    }
  }

  private func feed() throws {
    if !isAtEnd, let place = try cursor.read(into: packet) {
      // What nothing refers to need not be decoded on the way to the first picture wanted.
      let isOnTheWay = scan.hasTimes && (scan.entries[place].rank ?? .max) < firstWanted
      decoder.context.pointee.skip_frame = isOnTheWay ? AVDISCARD_NONREF : AVDISCARD_DEFAULT
      try decoder.send(packet)
    } else {
      isAtEnd = true
      try decoder.send(nil)
    }
  }

  private func rank(of frame: LibavFrame) -> Int {
    let time = frame.pointer.pointee.best_effort_timestamp
    guard scan.hasTimes, time != avx_nopts_value, let found = scan.rank(at: time) else {
      return nextRank
    }
    return found
  }
}

extension PacketScan {
  /// The place of the packet from which decoding reaches the picture at `rank`; `nil`: the beginning.
  ///
  /// From an IDR picture everything later is whole. A key picture that is none of those may be
  /// followed by pictures that refer to before it, so the one before it is taken.
  func decodeStart(for rank: Int) -> Int? {
    // Most videos show pictures in the order in which they are decoded.
    let isInOrder = rank < entries.count && entries[rank].rank == rank
    guard var place = isInOrder ? rank : entries.firstIndex(where: { $0.rank == rank }) else {
      return nil
    }
    while place > 0 {
      if entries[place].isInstantRefresh { return place }
      place -= 1
    }
    return nil
  }

  /// The rank of the picture shown at `time`.
  func rank(at time: Int64) -> Int? {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low < times.count && times[low] == time ? low : nil
  }
}
