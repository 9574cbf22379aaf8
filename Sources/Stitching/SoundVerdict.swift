#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Media

/// How loud a film's sound was, and what was done to bring it to the loudness asked for.
///
/// One gain for the whole film: nothing is compressed, so the music stays as it was made.
public struct SoundVerdict: Hashable, Sendable, Codable {
  /// The largest true peak of a film that is brought to a loudness, in dBTP (EBU R 128, paragraph f).
  public static let ceiling = -1.0

  /// Integrated loudness before, in LUFS; `nil` when all was silence.
  public var measured: Double?
  /// True peak before, in dBTP; `nil` when all was silence.
  public var truePeak: Double?
  /// The loudness asked for, in LUFS.
  public var target: Double
  /// What the sound was raised or lowered by, in decibels.
  public var gain: Double

  init(_ found: Loudness, target: Double) {
    measured = found.integrated
    truePeak = found.truePeak
    self.target = target
    gain = found.gain(to: target, ceiling: Self.ceiling)
  }

  /// What every sample is multiplied by.
  var factor: Double { pow(10, gain / 20) }

  /// LU by which the film is softer than asked for, because its peaks allow no more.
  public var shortfall: Double { measured.map { max(0, target - $0 - gain) } ?? 0 }
}
