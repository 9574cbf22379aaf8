internal import KeyreelCore
public import SystemPackage

/// What every film's sound is: 48 kHz, two sides.
public enum SoundFormat {
  /// Samples per second.
  public static let sampleRate = 48_000

  /// Samples in `nanoseconds`, to the nearest.
  public static func samples(inNanoseconds nanoseconds: Int64) -> Int {
    // A day in nanoseconds times the rate does not fit into 64 bits.
    let product = Int128(nanoseconds) * Int128(sampleRate)
    let half: Int128 = product < 0 ? -500_000_000 : 500_000_000
    return Int(clamping: (product + half) / 1_000_000_000)
  }
}

/// One file that is heard in a part of a film; places and lengths are in samples of 48 kHz.
public struct SoundPart: Hashable, Sendable {
  /// The file.
  public var path: FilePath
  /// Samples of the film in which it may be heard.
  public var range: Range<Int>
  /// The sample of the film at which the file stands at ``start``.
  public var anchor: Int
  /// Where the file stands at ``anchor``, in samples from its beginning.
  public var start: Int
  /// Louder or softer, in hundredths of a decibel.
  public var gain: Int
  /// Whether it begins again at ``start`` when the file ends; otherwise silence follows.
  public var loops: Bool
  /// Samples of straight fade at the beginning of ``range``.
  public var fadeIn: Int
  /// Samples of straight fade at the end of ``range``.
  public var fadeOut: Int
  /// Where it comes in with equal power; silent before.
  public var coming: Range<Int>?
  /// Where it goes with equal power; silent behind.
  public var leaving: Range<Int>?
  /// Whether the file's pictures tell what its beginning is, and not its first sample.
  public var followsPictures: Bool

  /// All of `path` in `range`, from its beginning on.
  public init(
    path: FilePath, range: Range<Int>, start: Int = 0, gain: Int = 0, loops: Bool = false,
    fadeIn: Int = 0, fadeOut: Int = 0, coming: Range<Int>? = nil, leaving: Range<Int>? = nil,
    followsPictures: Bool = false
  ) {
    self.path = path
    self.range = range
    anchor = range.lowerBound
    self.start = start
    self.gain = gain
    self.loops = loops
    self.fadeIn = fadeIn
    self.fadeOut = fadeOut
    self.coming = coming
    self.leaving = leaving
    self.followsPictures = followsPictures
  }
}
