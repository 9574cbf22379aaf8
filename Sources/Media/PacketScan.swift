internal import CFFmpeg
public import KeyreelCore
public import SystemPackage

/// What a video's packets tell without decoding: its format, its times, where it can be cut.
public struct PacketScan: Sendable {
  /// One coded picture, in 16 bytes: films have hundreds of thousands.
  public struct Entry: Hashable, Sendable {
    private let time: Int64
    private var place: Int32 = -1
    /// Whether decoding can begin here.
    public let isKey: Bool
    /// Whether nothing after it refers to anything before it.
    public let isInstantRefresh: Bool

    init(decodeTime: Int64?, isKey: Bool, isInstantRefresh: Bool) {
      time = decodeTime ?? .min
      self.isKey = isKey
      self.isInstantRefresh = isInstantRefresh
    }

    /// Its decode time in ticks; `nil` when the file does not tell.
    public var decodeTime: Int64? { time == .min ? nil : time }

    /// Place in the order in which pictures are shown, from 0; `nil` for one that is never shown.
    public internal(set) var rank: Int? {
      get { place < 0 ? nil : Int(place) }
      set { place = Int32(newValue ?? -1) }
    }
  }

  /// The file, for messages.
  public let path: FilePath
  /// The format as the header tells it.
  public let format: VideoFormat
  /// Pictures in decode order.
  public private(set) var entries: [Entry] = []
  /// Times at which pictures are shown, in ticks, rising.
  public private(set) var times: [Int64] = []
  /// Whether every packet says when it is shown, no two at the same time.
  public private(set) var hasTimes = true
  /// Whether an edit list hides pictures.
  public private(set) var hidesPictures = false

  /// Pictures that are shown.
  public var frames: Int { times.count }

  /// Looks at all packets of the video in `path`; only their index is read where it tells enough.
  ///
  /// Throws an ``OperationError`` that names the file when it is missing, no video, cut short, or
  /// something else under a video's name. Damage inside a packet is not found without decoding.
  public init(_ path: FilePath) throws {
    self.path = path
    let (input, stream) = try Self.open(path)
    format = try VideoFormat(of: input, stream: stream)
    if let index = try PacketIndex(input, stream: stream, configuration: format.configuration) {
      take(index)
    } else {
      // Opened anew: the first packet may have been read away.
      let (input, stream) = try Self.open(path)
      try read(input, stream)
    }
  }

  static func open(_ path: FilePath) throws -> (InputFile, Int) {
    let input = try InputFile(video: path)
    guard !input.streams.isEmpty else { throw cutShort(path, 0, 0) }
    guard let stream = input.videoStream else {
      throw OperationError(
        .unsupported, "\(path): there is no video in the file", remedy: "give a video file")
    }
    input.keepOnly([stream])
    return (input, stream)
  }

  private mutating func read(_ input: InputFile, _ stream: Int) throws {
    let expected = Int(input.stream(stream).pointee.nb_frames)
    var shown: [(time: Int64, entry: Int)] = []
    let packet = try Packet()
    while try input.read(into: packet) {
      guard packet.stream == stream else { continue }
      guard !packet.isCorrupt else { throw Self.cutShort(path, entries.count, expected) }
      add(packet, to: &shown)
    }
    if entries.isEmpty || (expected > 0 && entries.count < expected) {
      throw Self.cutShort(path, entries.count, expected)
    }
    rank(&shown)
  }

  private mutating func take(_ index: PacketIndex) {
    entries = index.entries
    for place in entries.indices { entries[place].rank = place }
    times = entries.map { $0.decodeTime ?? 0 }
    hasTimes = zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
  }

  private mutating func add(_ packet: Packet, to shown: inout [(time: Int64, entry: Int)]) {
    let isRefresh =
      packet.isKey
      && format.configuration.map {
        NetworkUnits.holdsInstantRefresh(packet.bytes, lengthSize: $0.lengthSize)
      } ?? false
    if packet.isDiscarded {
      hidesPictures = true
    } else {
      if packet.presentationTime == nil { hasTimes = false }
      let time = packet.presentationTime ?? packet.decodeTime ?? Int64(entries.count)
      shown.append((time, entries.count))
    }
    entries.append(
      Entry(
        decodeTime: packet.decodeTime, isKey: packet.isKey, isInstantRefresh: isRefresh))
  }

  private mutating func rank(_ shown: inout [(time: Int64, entry: Int)]) {
    let isSorted = zip(shown, shown.dropFirst()).allSatisfy { $0.time < $1.time }
    if !isSorted { shown.sort { ($0.time, $0.entry) < ($1.time, $1.entry) } }
    times = shown.map(\.time)
    if !isSorted, zip(times, times.dropFirst()).contains(where: { $0 == $1 }) { hasTimes = false }
    for (rank, item) in shown.enumerated() { entries[item.entry].rank = rank }
  }

  private static func cutShort(_ path: FilePath, _ found: Int, _ expected: Int) -> OperationError {
    let promise = expected > 0 ? " of \(expected)" : ""
    return OperationError(
      .corrupt, "\(path): the video is cut short after \(found)\(promise) frames",
      remedy: "fetch or generate the file again")
  }

  /// Whether all of the video decodes sooner than threads start, or than what was measured of it is kept:
  /// some frames at 832×480.
  public var isSmall: Bool { Self.isSmall(format.size, frames: frames) }

  static func isSmall(_ size: PixelSize, frames: Int) -> Bool { size.area * frames <= 2 << 20 }

  /// Whether frames follow one another at exactly `rate`, but for one tick of rounding.
  public func isConstant(at rate: FrameRate) -> Bool {
    !times.isEmpty && firstOffBeat(at: rate) == nil
  }

  /// The rank of the first picture that does not stand where `rate` puts it; `nil` when all do.
  ///
  /// Ticks that cannot tell the exact time may round it to either side.
  public func firstOffBeat(at rate: FrameRate) -> Int? {
    guard let first = times.first else { return nil }
    guard hasTimes else { return 0 }
    // Frame i stands at i · (rate.den / rate.num) / (tick.num / tick.den) ticks.
    // 128 bits: a damaged file may tell any time.
    let numerator = Int128(rate.denominator) * Int128(format.tick.denominator)
    let denominator = Int128(rate.numerator) * Int128(format.tick.numerator)
    let tolerance = numerator % denominator == 0 ? 0 : denominator.magnitude
    return times.indices.first { index in
      let passed = Int128(times[index]) - Int128(first)
      return (passed * denominator - Int128(index) * numerator).magnitude > tolerance
    }
  }

  /// Reads the packets at these places of the decode order, one at a time; the packet is reused.
  public func forEachPacket(
    in places: Range<Int>, _ body: (_ place: Int, _ packet: Packet) throws -> Void
  ) throws {
    guard !places.isEmpty else { return }
    let cursor = try PacketCursor(self, at: places.lowerBound)
    let packet = try Packet()
    var next = places.lowerBound
    while next < places.upperBound, let place = try cursor.read(into: packet) {
      guard place >= next else { continue }
      try body(place, packet)
      next = place + 1
    }
    if next < places.upperBound {
      throw OperationError(
        .corrupt, "\(path): the file has changed while it was read", remedy: "run again")
    }
  }
}
