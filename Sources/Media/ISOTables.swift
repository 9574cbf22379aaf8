internal import KeyreelCore
internal import SystemPackage

/// Looks at the tables of an mp4 or mov before libav does, which believes every count and makes room for it.
///
/// A file of a kilobyte can say that it has a thousand million pictures of no size (ISO/IEC 14496-12, 8.7.3
/// and 8.8.8): some gigabytes of index. Only headers are read here; what is wrong otherwise is left to libav.
struct ISOTables {
  /// Boxes that are looked at; what comes behind them is left to libav.
  private static let boxes = 1 << 20
  /// libav goes ten levels down.
  private static let depth = 16
  /// A film in many languages has dozens of tracks; libav takes some megabytes for each.
  private static let tracks = 100
  private static let windowSize = 4096

  private let file: FileDescriptor
  private let length: Int64
  private let name: String
  private var seen = 0
  private var tracksSeen = 0
  /// Bytes of the file from ``windowStart`` on: a clip's whole header in one read.
  private var window: [UInt8] = []
  private var windowStart: Int64 = 0

  /// Throws `corrupt` when a table of the file at `path` has more entries than the file has bytes,
  /// `unsupported` when it has more tracks than any film needs.
  ///
  /// Returns whether the file says at its beginning which format it has, as all but the oldest do.
  static func check(_ path: FilePath, name: String) throws -> Bool {
    guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else {
      return false
    }
    defer { try? file.close() }
    guard let length = try? file.seek(offset: 0, from: .end) else { return false }
    var tables = ISOTables(file: file, length: length, name: name)
    guard tables.beginsAsISO() else { return false }
    let saysFormat = tables.word(at: 4) == code("ftyp")
    try tables.walk(0..<length, depth: 0)
    return saysFormat
  }

  private init(file: FileDescriptor, length: Int64, name: String) {
    self.file = file
    self.length = length
    self.name = name
  }

  /// libav takes a file for an mp4 by any of these at its beginning.
  private mutating func beginsAsISO() -> Bool {
    let first = word(at: 4)
    return ["ftyp", "moov", "mdat", "free", "wide", "skip", "pnot", "uuid", "moof", "styp", "junk"]
      .contains { Self.code($0) == first }
  }

  private mutating func walk(_ range: Range<Int64>, depth: Int) throws {
    guard depth < Self.depth else { return }
    var place = range.lowerBound
    while range.upperBound - place >= 8, seen < Self.boxes {
      seen += 1
      guard var size = word(at: place).map(Int64.init), let type = word(at: place + 4) else {
        return
      }
      var header: Int64 = 8
      if size == 1 {
        guard let high = word(at: place + 8), high < 1 << 30, let low = word(at: place + 12) else {
          return
        }
        size = Int64(high) << 32 | Int64(low)
        header = 16
      }
      // Zero: to the end. What is longer than its room is read as far as there is anything.
      let room = range.upperBound - place
      if size == 0 || size > room { size = room }
      guard size >= header else { return }
      try look(at: type, place + header..<place + size, depth)
      place += size
    }
  }

  private mutating func look(at type: UInt32, _ inside: Range<Int64>, _ depth: Int) throws {
    if type == Self.code("trak") { try countTrack() }
    switch type {
    case Self.code("moov"), Self.code("trak"), Self.code("mdia"), Self.code("minf"),
      Self.code("stbl"), Self.code("moof"), Self.code("traf"):
      try walk(inside, depth: depth + 1)
    case Self.code("stsz"), Self.code("stz2"): try check(word(at: inside.lowerBound + 8))
    case Self.code("trun"), Self.code("stco"), Self.code("co64"), Self.code("stts"),
      Self.code("ctts"), Self.code("stsc"), Self.code("stss"), Self.code("elst"):
      try check(word(at: inside.lowerBound + 4))
    case Self.code("cmov"):
      throw OperationError(
        .unsupported, "\(name): its header is compressed, which is not read",
        remedy: "convert the file to a common format first")
    default: return
    }
  }

  /// Every entry stands for a byte at least, of the table or of what it tells about.
  private func check(_ count: UInt32?) throws {
    guard let count, Int64(count) > length else { return }
    throw MediaFailure.damaged(name, "it says that it has \(count) entries in \(length) bytes")
  }

  private mutating func countTrack() throws {
    tracksSeen += 1
    guard tracksSeen > Self.tracks else { return }
    throw OperationError(
      .unsupported, "\(name): it has more than \(Self.tracks) tracks",
      remedy: "keep its pictures and sound only, in a file of their own")
  }

  private mutating func word(at place: Int64) -> UInt32? {
    if place < windowStart || place + 4 > windowStart + Int64(window.count) { load(from: place) }
    let start = Int(place - windowStart)
    guard start + 4 <= window.count else { return nil }
    return window[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private mutating func load(from place: Int64) {
    windowStart = place
    window = [UInt8](unsafeUninitializedCapacity: Self.windowSize) { buffer, count in
      let room = UnsafeMutableRawBufferPointer(buffer)
      count = (try? file.read(fromAbsoluteOffset: place, into: room)) ?? 0
    }
  }

  private static func code(_ name: StaticString) -> UInt32 {
    name.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } }
  }
}
