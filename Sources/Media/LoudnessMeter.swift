#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How loud a film's sound is: integrated loudness and true peak as EBU R 128 wants them.
public struct Loudness: Hashable, Sendable, Codable {
  /// In LUFS; `nil` when all of it is silence.
  public var integrated: Double?
  /// In dBTP; `nil` when all of it is silence.
  public var truePeak: Double?

  /// Loudness `integrated` and peak `truePeak`.
  public init(integrated: Double?, truePeak: Double?) {
    self.integrated = integrated
    self.truePeak = truePeak
  }

  /// Decibels that bring the sound to `target` LUFS, but not the true peak over `ceiling` dBTP.
  public func gain(to target: Double, ceiling: Double) -> Double {
    guard let integrated else { return 0 }
    let wanted = target - integrated
    return truePeak.map { min(wanted, ceiling - $0) } ?? wanted
  }
}

/// Measures 48 kHz stereo as ITU-R BS.1770-4 describes: K weighting, blocks of 400 ms with three
/// quarters of overlap, a gate at −70 LUFS and one at 10 LU under the mean; fourfold true peak.
public struct LoudnessMeter {
  /// Samples from block to block: 100 ms.
  private static let step = SoundFormat.sampleRate / 10

  private var sides = (KWeighting(), KWeighting())
  private var peaks = (TruePeak(), TruePeak())
  /// Sum of squares of the present 100 ms.
  private var sum = 0.0
  private var count = 0
  /// Mean squares of every 100 ms, 36,000 an hour.
  private var steps: [Double] = []

  /// A meter that has heard nothing.
  public init() {}

  /// Takes further samples of both sides.
  public mutating func add(_ samples: (left: [Float], right: [Float])) {
    for index in samples.left.indices {
      let (left, right) = (Double(samples.left[index]), Double(samples.right[index]))
      let (first, second) = (sides.0.filter(left), sides.1.filter(right))
      sum += first * first + second * second
      count += 1
      if count == Self.step {
        steps.append(sum / Double(count))
        sum = 0
        count = 0
      }
    }
    peaks.0.add(samples.left)
    peaks.1.add(samples.right)
  }

  /// What was heard so far.
  public var loudness: Loudness {
    let peak = max(peaks.0.largest, peaks.1.largest)
    return Loudness(
      integrated: integrated, truePeak: peak > 0 ? 20 * log10(Double(peak)) : nil)
  }

  private var integrated: Double? {
    guard steps.count >= 4 else { return nil }
    let blocks = (3..<steps.count).map { steps[$0 - 3...$0].reduce(0, +) / 4 }
    let audible = blocks.filter { Self.level($0) > -70 }
    guard !audible.isEmpty else { return nil }
    let gate = Self.level(audible.reduce(0, +) / Double(audible.count)) - 10
    let loud = audible.filter { Self.level($0) > gate }
    guard !loud.isEmpty else { return nil }
    return Self.level(loud.reduce(0, +) / Double(loud.count))
  }

  /// −0.691 makes a full-scale tone of 997 Hz on one side −3.01 LUFS (BS.1770-4, annex 1).
  private static func level(_ power: Double) -> Double { -0.691 + 10 * log10(max(power, 1e-30)) }
}

/// The head's shelf and the low cut of BS.1770-4, tables 1 and 2, for 48 kHz.
private struct KWeighting {
  private var shelf = Biquad(
    b: (1.53512485958697, -2.69169618940638, 1.19839281085285),
    a: (-1.69065929318241, 0.73248077421585))
  private var cut = Biquad(b: (1, -2, 1), a: (-1.99004745483398, 0.99007225036621))

  mutating func filter(_ sample: Double) -> Double { cut.filter(shelf.filter(sample)) }
}

/// A filter of second order in its transposed direct form.
private struct Biquad {
  let b: (Double, Double, Double)
  let a: (Double, Double)
  private var state = (0.0, 0.0)

  init(b: (Double, Double, Double), a: (Double, Double)) {
    self.b = b
    self.a = a
  }

  mutating func filter(_ sample: Double) -> Double {
    let result = b.0 * sample + state.0
    state.0 = b.1 * sample - a.0 * result + state.1
    state.1 = b.2 * sample - a.1 * result
    return result
  }
}
