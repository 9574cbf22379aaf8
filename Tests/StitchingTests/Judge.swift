import KeyreelCore
import SystemPackage
import Testing

/// Holds a finished film against what it must be, with the ffmpeg programs.
enum Judge {
  /// Every frame shows what was expected, and timestamps are those of a constant rate.
  static func check(
    _ film: FilePath, shows expected: [Expectation.Picture], rate: FrameRate = .thirty,
    tolerance: Double = 8, _ note: String = "", location: SourceLocation = #_sourceLocation
  ) throws {
    let (frames, packets) = try Programs.decode(film)
    #expect(frames.count == expected.count, "\(note)", sourceLocation: location)
    for (index, (luma, wanted)) in zip(frames, expected).enumerated() {
      let error = zip(Mark.levels(of: luma), wanted).map { abs($0 - $1) }.max() ?? 0
      if error > tolerance {
        Issue.record("film frame \(index) is off by \(error) \(note)", sourceLocation: location)
        break
      }
    }
    try checkTimes(packets, frames: expected.count, rate: rate, note, location: location)
  }

  /// Timestamps, as ffmpeg reads them: decode times rise, shown times are exactly one frame apart.
  static func checkTimes(
    _ packets: PacketList, frames: Int, rate: FrameRate, _ note: String = "",
    location: SourceLocation = #_sourceLocation
  ) throws {
    let step = packets.tick * rate.denominator / rate.numerator
    #expect(
      packets.tick * rate.denominator % rate.numerator == 0, "\(note)", sourceLocation: location)
    #expect(
      packets.all.map(\.shown).sorted() == (0..<frames).map { $0 * step }, "times of \(note)",
      sourceLocation: location)
    #expect(
      zip(packets.all, packets.all.dropFirst()).allSatisfy { $0.decoded < $1.decoded },
      "decode times of \(note)", sourceLocation: location)
    #expect(
      packets.all.allSatisfy { $0.shown >= $0.decoded && $0.duration == step }, "\(note)",
      sourceLocation: location)
  }
}

/// The coded pictures of a file, as the ffmpeg program copies them.
struct PacketList {
  struct Entry: Hashable {
    var decoded: Int
    var shown: Int
    var duration: Int
    /// Digest of the coded bytes.
    var hash: String
  }

  /// Ticks per second.
  let tick: Int
  let all: [Entry]

  /// Reads what the `framehash` format tells.
  init(_ text: String) throws {
    var tick = 0
    var all: [Entry] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("#tb 0: 1/") { tick = Int(line.dropFirst(9)) ?? 0 }
      let fields = line.split(separator: ",").map { $0.filter { $0 != " " } }
      guard !line.hasPrefix("#"), fields.count == 6, let decoded = Int(fields[1]),
        let shown = Int(fields[2]), let duration = Int(fields[3])
      else { continue }
      all.append(Entry(decoded: decoded, shown: shown, duration: duration, hash: fields[5]))
    }
    self.tick = tick
    self.all = all
  }
}
