import KeyreelCore
import SystemPackage
import Testing

/// Holds a finished film against what it must be, with the ffmpeg programs.
enum Judge {
  /// Every frame shows what was expected, and timestamps are those of a constant rate.
  static func check(
    _ film: FilePath, shows expected: [Expectation.Picture], rate: FrameRate = .thirty,
    tolerance: Double = 9, _ note: String = "", location: SourceLocation = #_sourceLocation
  ) throws {
    let frames = try Programs.luma(film, size: (Mark.size.width, Mark.size.height))
    #expect(frames.count == expected.count, "\(note)", sourceLocation: location)
    for (index, (luma, wanted)) in zip(frames, expected).enumerated() {
      let error = zip(Mark.levels(of: luma), wanted).map { abs($0 - $1) }.max() ?? 0
      if error > tolerance {
        Issue.record("film frame \(index) is off by \(error) \(note)", sourceLocation: location)
        break
      }
    }
    try checkTimes(film, frames: expected.count, rate: rate, note, location: location)
  }

  /// Timestamps, as ffprobe reads them: decode times rise, shown times are exactly one frame apart.
  static func checkTimes(
    _ film: FilePath, frames: Int, rate: FrameRate, _ note: String = "",
    location: SourceLocation = #_sourceLocation
  ) throws {
    let base = try Programs.probe(film, "stream=time_base")[0][0].split(separator: "/")
    let tick = try #require(Int(base[1]), sourceLocation: location)
    let step = tick * rate.denominator / rate.numerator
    #expect(tick * rate.denominator % rate.numerator == 0, "\(note)", sourceLocation: location)
    let packets = try Programs.probe(film, "packet=pts,dts").map { ($0[0], $0[1]) }
    let shown = packets.compactMap { Int($0.0) }.sorted()
    let decoded = packets.compactMap { Int($0.1) }
    #expect(
      shown == (0..<frames).map { $0 * step }, "times of \(note)", sourceLocation: location)
    #expect(
      decoded.count == frames && zip(decoded, decoded.dropFirst()).allSatisfy { $0 < $1 },
      "decode times of \(note)", sourceLocation: location)
    #expect(
      packets.allSatisfy { (Int($0.0) ?? -1) >= (Int($0.1) ?? 0) }, "\(note)",
      sourceLocation: location)
  }
}
