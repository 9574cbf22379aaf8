#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How loud each sample of a film's sound is: the gain, and straight fades at both ends.
struct SoundEnvelope {
  private let gain: Float
  private let fadeIn: Int
  private let fadeOut: Int
  private let count: Int

  init(_ settings: SoundSettings) {
    gain = settings.gain == 0 ? 1 : Float(pow(10, Double(settings.gain) / 2000))
    count = settings.samples
    fadeIn = min(settings.fadeIn, count)
    fadeOut = min(settings.fadeOut, count)
  }

  /// What the 0-based sample `index` is multiplied by.
  func factor(at index: Int) -> Float {
    var factor = gain
    if index < fadeIn { factor *= Float(index) / Float(fadeIn) }
    let rest = count - index
    if rest < fadeOut { factor *= Float(rest) / Float(fadeOut) }
    return factor
  }
}
