internal import CFFmpeg
internal import KeyreelCore

/// The times of a video's shown frames, from a scan of its packets without decoding.
struct ShownFrames {
  /// When each shown frame is shown, in ticks of the stream, rising.
  var times: [Int64] = []
  /// Packets in all, hidden ones included.
  var packets = 0
  /// Whether any packet is marked as damaged by the demuxer.
  var isDamaged = false
  /// Whether any packet has no time; then ``times`` is no use.
  var lacksTimes = false

  /// Scans stream `index` of `input` from where it stands, which must be the beginning; shows each
  /// packet to `look`.
  init(
    _ input: InputFile, stream index: Int, _ look: (Packet) throws -> Void = { _ in }
  ) throws {
    let packet = try Packet()
    while try input.read(into: packet) {
      guard packet.stream == index else { continue }
      packets += 1
      try look(packet)
      if packet.isCorrupt { isDamaged = true }
      guard let time = packet.presentationTime else {
        lacksTimes = true
        continue
      }
      if !packet.isDiscarded { times.append(time) }
    }
    times.sort()
  }

  /// Whether the times lie so far apart that only damage explains them.
  ///
  /// Differences of other times fit into 64 bits.
  var isAbsurd: Bool {
    guard let first = times.first, let last = times.last else { return false }
    return last.subtractingReportingOverflow(first).overflow
  }

  /// The exact rate when all frames are equally far apart; `nil` otherwise.
  ///
  /// Equal to a tick, as millisecond containers round. The times must not be absurd.
  func constantRate(ticks: AVRational, guess: AVRational) -> FrameRate? {
    guard times.count > 1, let first = times.first, let last = times.last, last > first else {
      return FrameRate(Int(guess.num), Int(guess.den))
    }
    let steps = zip(times.dropFirst(), times).map { $0 - $1 }
    guard let least = steps.min(), let most = steps.max() else { return nil }
    if least == most {
      let step = Int(ticks.num).multipliedReportingOverflow(by: Int(least))
      return step.overflow ? nil : FrameRate(Int(ticks.den), step.partialValue)
    }
    guard most - least == 1, let rate = FrameRate(Int(guess.num), Int(guess.den)) else {
      return nil
    }
    // All in parts of a second of which both the tick and the frame are whole numbers.
    let tick = Int128(ticks.num) * Int128(rate.numerator)
    let ideal = Int128(times.count - 1) * Int128(rate.denominator) * Int128(ticks.den)
    return abs(ideal - Int128(last - first) * tick) <= 2 * tick ? rate : nil
  }
}
