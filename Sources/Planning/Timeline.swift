import KeyreelCore

/// The running time of one sequence in film frames, exact where authors write times.
///
/// What was meant is kept as a fraction beside what could be had in whole frames, so that rounding
/// errors are carried forward and keyframes never drift.
struct Timeline {
  /// More film frames than any segment or hold may have; keeps all sums far from overflow.
  static let longest = 10_000_000

  /// Film frames per second.
  let rate: FrameRate
  /// Film frames from the first keyframe to here.
  private(set) var position = 0
  /// Where here was meant to be, in ``unit`` parts of a film frame.
  private var ideal: Int128 = 0
  /// Times that were no whole number of frames, and the largest error in thousandths of a frame.
  private(set) var roundings = 0
  private(set) var largestError = 0

  init(rate: FrameRate) { self.rate = rate }

  private var unit: Int128 { 1_000_000_000 * Int128(rate.denominator) }

  private func exact(_ length: TimeLength) -> Int128 {
    switch length {
    case .frames(let frames): Int128(frames) * unit
    case .time(let nanoseconds): Int128(nanoseconds) * Int128(rate.numerator)
    }
  }

  /// A segment's length in the frames of its clip and of the film; both ends are counted.
  struct Step {
    var clipFrames: Int
    /// Film frames from keyframe to keyframe.
    var interval: Int
  }

  /// A segment that lasts `length` from keyframe to keyframe; `nil` when that is absurdly long.
  mutating func advance(by length: TimeLength, clipRate: FrameRate) -> Step? {
    advance(to: ideal + exact(length), clipRate: clipRate)
  }

  /// A segment that ends at `time` in the sequence; `nil` when that is not after now, or absurd.
  mutating func advance(to time: TimeLength, clipRate: FrameRate) -> Step? {
    let end = exact(time)
    guard end > Int128(position) * unit else { return nil }
    return advance(to: end, clipRate: clipRate)
  }

  /// A segment of exactly `frames` clip frames.
  mutating func advance(frames: Int, clipRate: FrameRate) -> Step? {
    guard (1...Self.longest).contains(frames) else { return nil }
    let gained = Self.rounded(
      Int128(frames - 1) * unit * Int128(rate.numerator) * Int128(clipRate.denominator),
      over: Int128(rate.denominator) * Int128(clipRate.numerator))
    ideal += gained
    return step(intervals: frames - 1, clipRate: clipRate)
  }

  private mutating func advance(to end: Int128, clipRate: FrameRate) -> Step? {
    let distance = end - Int128(position) * unit
    guard distance >= 0, distance / unit <= Int128(Self.longest) else { return nil }
    let numerator = distance * Int128(clipRate.numerator) * Int128(rate.denominator)
    let denominator = unit * Int128(clipRate.denominator) * Int128(rate.numerator)
    let intervals = Self.rounded(numerator, over: denominator)
    ideal = end
    if intervals * denominator != numerator {
      roundings += 1
      let error = (intervals * denominator - numerator).magnitude * 1000 / denominator.magnitude
      largestError = max(largestError, Int(error))
    }
    return step(intervals: Int(intervals), clipRate: clipRate)
  }

  private mutating func step(intervals: Int, clipRate: FrameRate) -> Step {
    let interval = Self.filmFrames(intervals, from: clipRate, to: rate)
    position += interval
    return Step(clipFrames: intervals + 1, interval: interval)
  }

  /// Repeats of the keyframe here that last `length`; `nil` when that is absurdly long.
  mutating func hold(_ length: TimeLength) -> Int? {
    let end = ideal + exact(length)
    let frames = Self.rounded(end, over: unit) - Int128(position)
    guard frames <= Int128(Self.longest) else { return nil }
    ideal = end
    let repeats = max(0, Int(frames))
    position += repeats
    return repeats
  }

  /// Film frames that `intervals` steps of a clip take.
  static func filmFrames(_ intervals: Int, from clipRate: FrameRate, to rate: FrameRate) -> Int {
    guard clipRate != rate else { return intervals }
    return Int(
      rounded(
        Int128(intervals) * Int128(rate.numerator) * Int128(clipRate.denominator),
        over: Int128(rate.denominator) * Int128(clipRate.numerator)))
  }

  /// The nearest whole number, halves rounded up; neither number is negative.
  private static func rounded(_ numerator: Int128, over denominator: Int128) -> Int128 {
    (2 * numerator + denominator) / (2 * denominator)
  }
}

extension TimeLength {
  /// As an author would write it: `8.5s`, `12 frames`.
  var text: String {
    switch self {
    case .frames(let frames): return frames == 1 ? "1 frame" : "\(frames) frames"
    case .time(let nanoseconds):
      var text = Money(nanos: nanoseconds).decimal
      while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
      return text + "s"
    }
  }
}
